/** Letters that NFKD does not change although they are typed differently; all apostrophes are removed. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
  ŧ: 't',
  ĸ: 'k',
  ə: 'e',
  ɛ: 'e',
  ɔ: 'o',
  ς: 'σ',
  ى: 'ي',
  ة: 'ه',
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
const DIACRITICS = /[\u0300-\u036f]|[\u0591-\u05c7]|[\u064b-\u065f]|\u0640|\u0670/g;
const APOSTROPHES = /['’‘`´ʻʼʹʿʾ′"“”]/g;
/** Single letters with full stops between them: `D.C.`, `U.S.A.` */
const INITIALS = /(?<![\p{L}\p{N}])(?:\p{L}\.)+\p{L}(?![\p{L}\p{N}])/gu;
const SEPARATORS = /[^\p{L}\p{N}\p{M}]+/gu;
const PLAIN = /^[a-z0-9 ]*$/;

/**
 * The normalized form of a name: lower case, no diacritics (`São Paulo` → `sao paulo`), special letters spelt out, words
 * separated by single spaces. Empty without letters and digits.
 */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  if (PLAIN.test(lower)) return lower.trim().replace(/ {2,}/g, ' ');
  return lower
    .normalize('NFKD')
    .toLowerCase()
    .replace(DIACRITICS, '')
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
    .replace(APOSTROPHES, '')
    .replace(INITIALS, (run) => run.replaceAll('.', ''))
    .replace(SEPARATORS, ' ')
    .trim();
}

/** Abbreviations before a name; as the last word they have another meaning (`Billings, MT`). */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  st: 'saint',
  sankt: 'saint',
  sint: 'saint',
  ste: 'sainte',
  mt: 'mount',
  ft: 'fort',
};
const ABBREVIATION = /(?<![^ ])(?:st|sankt|sint|ste|mt|ft)(?= )/g;

/** The key of a folded name in the index: `st louis` and `saint louis` have the same key. */
export function toNameKey(folded: string): string {
  return folded.replace(ABBREVIATION, (word) => ABBREVIATIONS[word] ?? word);
}

/** The letters of a key as a bit set, which excludes most keys before an edit distance is computed. */
export function toLetterBits(units: Uint16Array, start: number, end: number): number {
  let bits = 0;
  for (let i = start; i < end; i++) {
    const unit = units[i] ?? 0;
    const bit = unit >= 97 && unit <= 122 ? unit - 97 : unit === 32 ? 26 : 27 + (unit % 5);
    bits |= 1 << bit;
  }
  return bits >>> 0;
}

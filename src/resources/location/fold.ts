/** Letters that NFKD leaves alone although people type them otherwise; apostrophes of all kinds vanish. */
const letters: Readonly<Record<string, string>> = {
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
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g');
const diacritics = /[\u0300-\u036f]|[\u0591-\u05c7]|[\u064b-\u065f]|\u0640|\u0670/g;
const apostrophes = /['’‘`´ʻʼʹʿʾ′"“”]/g;
/** Single letters with full stops between them: `D.C.`, `U.S.A.` */
const initials = /(?<![\p{L}\p{N}])(?:\p{L}\.)+\p{L}(?![\p{L}\p{N}])/gu;
const separators = /[^\p{L}\p{N}\p{M}]+/gu;
const plain = /^[a-z0-9 ]*$/;

/**
 * What two spellings of one name have in common: lower case, no diacritics (`São Paulo` → `sao paulo`), special
 * letters spelt out, words parted by single spaces. Empty where the text holds no letter and no digit.
 */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  if (plain.test(lower)) return lower.trim().replace(/ {2,}/g, ' ');
  return lower
    .normalize('NFKD')
    .toLowerCase()
    .replace(diacritics, '')
    .replace(special, (letter) => letters[letter] ?? letter)
    .normalize('NFC')
    .replace(apostrophes, '')
    .replace(initials, (run) => run.replaceAll('.', ''))
    .replace(separators, ' ')
    .trim();
}

/** Abbreviations that stand before a name; as the last word they mean something else (`Billings, MT`). */
const abbreviations: Readonly<Record<string, string>> = {
  st: 'saint',
  sankt: 'saint',
  sint: 'saint',
  ste: 'sainte',
  mt: 'mount',
  ft: 'fort',
};
const abbreviation = /(?<![^ ])(?:st|sankt|sint|ste|mt|ft)(?= )/g;

/** The key under which a folded name is filed and looked up: `st louis` and `saint louis` are one. */
export function toNameKey(folded: string): string {
  return folded.replace(abbreviation, (word) => abbreviations[word] ?? word);
}

/** A set of the letters in a key as bits, so that most keys are dismissed before any edit distance is counted. */
export function toLetterBits(units: Uint16Array, start: number, end: number): number {
  let bits = 0;
  for (let i = start; i < end; i++) {
    const unit = units[i] ?? 0;
    const bit = unit >= 97 && unit <= 122 ? unit - 97 : unit === 32 ? 26 : 27 + (unit % 5);
    bits |= 1 << bit;
  }
  return bits >>> 0;
}

import { foldText, toNameKey } from '../fold.ts';

/** Countries where ä, ö, ü and å are also written as two letters. */
const TWO_LETTER_COUNTRIES = new Set(['DE', 'AT', 'CH', 'LI', 'DK', 'NO', 'SE', 'FI']);
const TWO_LETTERS: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  å: 'aa',
  ø: 'oe',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  Å: 'Aa',
  Ø: 'Oe',
};

/** The key of a name as it stands. */
export const toWholeKey = (name: string): string => toNameKey(foldText(name));

/** The keys of a name: the whole name, the name without bracketed parts, and each side of a slash. */
export function toKeys(name: string, country: string): string[] {
  const spellings = [name];
  if (/[([/]/.test(name)) {
    const bare = name.replace(/\s*[([][^)\]]*[)\]]/g, '');
    spellings.push(bare, ...bare.split('/'));
  }
  if (/^the /i.test(name)) spellings.push(name.slice(4));
  if (TWO_LETTER_COUNTRIES.has(country) && /[äöüåø]/i.test(name)) {
    spellings.push(name.replace(/[äöüåø]/gi, (letter) => TWO_LETTERS[letter] ?? letter));
  }
  return spellings.map(toWholeKey).filter((key) => key !== '');
}

const KINDS_OF_REGION =
  'administrative|atoll|autonomous|canton|capital|city|county|department|district|division|emirate|federal|' +
  'governorate|island|krai|kray|metropolitan|municipality|oblast|parish|prefecture|province|region|republic|' +
  'special|state|territory|voivodeship';
const KIND_BEFORE = new RegExp(`^(?:(?:${KINDS_OF_REGION}) )+of (?:the )?`);
const KIND_AFTER = new RegExp(`(?: (?:${KINDS_OF_REGION}))+$`);

/** The keys of a region: also without its type (`State of Berlin`, `Zabul Province`). */
export function toRegionKeys(name: string, country: string): string[] {
  const keys = toKeys(name, country);
  return [...keys, ...keys.map((key) => key.replace(KIND_BEFORE, '').replace(KIND_AFTER, ''))];
}

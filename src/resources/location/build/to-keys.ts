import { foldText, toNameKey } from '../fold.ts';

/** Countries whose people also write ä, ö, ü, å as two letters. */
const twoLetterCountries = new Set(['DE', 'AT', 'CH', 'LI', 'DK', 'NO', 'SE', 'FI']);
const twoLetters: Readonly<Record<string, string>> = {
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

/** The keys under which a name is filed: whole, without what stands in brackets, each side of a slash. */
export function toKeys(name: string, country: string): string[] {
  const spellings = [name];
  if (/[([/]/.test(name)) {
    const bare = name.replace(/\s*[([][^)\]]*[)\]]/g, '');
    spellings.push(bare, ...bare.split('/'));
  }
  if (/^the /i.test(name)) spellings.push(name.slice(4));
  if (twoLetterCountries.has(country) && /[äöüåø]/i.test(name)) {
    spellings.push(name.replace(/[äöüåø]/gi, (letter) => twoLetters[letter] ?? letter));
  }
  return spellings.map(toWholeKey).filter((key) => key !== '');
}

const kindsOfRegion =
  'administrative|atoll|autonomous|canton|capital|city|county|department|district|division|emirate|federal|' +
  'governorate|island|krai|kray|metropolitan|municipality|oblast|parish|prefecture|province|region|republic|' +
  'special|state|territory|voivodeship';
const kindBefore = new RegExp(`^(?:(?:${kindsOfRegion}) )+of (?:the )?`);
const kindAfter = new RegExp(`(?: (?:${kindsOfRegion}))+$`);

/** The keys of a region: also without what it is (`State of Berlin`, `Zabul Province`). */
export function toRegionKeys(name: string, country: string): string[] {
  const keys = toKeys(name, country);
  return [...keys, ...keys.map((key) => key.replace(kindBefore, '').replace(kindAfter, ''))];
}

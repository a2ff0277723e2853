import { readFileSync } from 'node:fs';
import { foldText } from '../fold.ts';
import type { GazetteerRecord } from './gazetteer-record.ts';
import { toKeys } from './to-keys.ts';

const OTHER_NAMES = new URL('other-names.tsv', import.meta.url);

/**
 * Adds the names of `other-names.tsv`. Each row names a country (`DE`), a region (`DE.02`) or the most important
 * place of that name in one (`DE/Munich`, `US.NY/New York City`), then its other names: `de=München` is the name
 * in a language, `code=BY` means it only in the context of another name, and the rest are names besides. Calls
 * `onUnknown` for a row that names no record.
 */
export function addOtherNames(
  records: readonly GazetteerRecord[],
  onUnknown: (target: string) => void = () => undefined,
): void {
  const areas = new Map<string, GazetteerRecord>();
  const places = new Map<string, GazetteerRecord>();
  for (const record of records) {
    if (record.layer === 'country') areas.set(record.country, record);
    else if (record.layer === 'region') areas.set(record.region, record);
    else {
      for (const area of [record.country, record.region]) {
        const key = `${area}/${record.name}`;
        const known = places.get(key);
        if (!known || known.importance < record.importance) places.set(key, record);
      }
    }
  }
  for (const [target, names] of readRows(OTHER_NAMES)) {
    const record = areas.get(target) ?? places.get(target);
    if (record) for (const name of names) addName(record, name);
    else onUnknown(target);
  }
}

function addName(record: GazetteerRecord, entry: string): void {
  const [, tag, name = entry] = /^([\w-]+)=(.+)$/.exec(entry) ?? [];
  if (tag === 'code') {
    record.codes.add(foldText(name));
    return;
  }
  for (const key of toKeys(name, record.country)) record.foreignKeys.add(key);
  if (tag !== undefined && !record.localNames.has(tag)) record.localNames.set(tag, name);
}

function readRows(file: URL): [target: string, names: string[]][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [target = '', ...names] = line.split('\t').filter((cell) => cell !== '');
      return [target, names];
    });
}

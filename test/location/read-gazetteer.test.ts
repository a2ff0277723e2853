import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGeocoder } from '../../src/resources/location/geocoder.ts';
import {
  GazetteerError,
  parseGazetteer,
  readGazetteer,
} from '../../src/resources/location/read-gazetteer.ts';
import { makeFolder } from '../support/folder.ts';
import { named, toBytes } from './support/small-gazetteer.ts';

const bytes = toBytes([named('Redmond', 'US', 47.67399, -122.12151), named('Oslo', 'NO', 59.91, 10.75)], []);
let folder: string;

beforeAll(async () => {
  folder = makeFolder();
});

/** The file with some bytes overwritten. */
const withBytes = (at: number, ...values: number[]) => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
};

describe('a gazetteer file', () => {
  it('is loaded without decoding its places', () => {
    const { column, countries, dataDate } = parseGazetteer(Uint8Array.from(bytes), 'small');
    expect(dataDate).toBe('2026-01-01');
    expect(countries.toSorted()).toEqual(['NO', 'US']);
    expect([...column.lat]).toContain(4_767_399);
    expect(column.lat.buffer).toBe(column.nameText.buffer);
  });

  it.each([
    ['that is empty', new Uint8Array(), 'is not a gazetteer'],
    ['of another kind', Buffer.from('GIF89a, and then some more bytes'), 'is not a gazetteer'],
    ['of an older format', withBytes(8, 1, 0, 0, 0), 'has format 1, and this version reads format'],
    ['that is cut short', bytes.subarray(0, bytes.length - 8), 'is incomplete'],
    ['that lacks a column', toRenamedColumn(), 'has no column keyText'],
  ])('%s is refused with advice', async (title, content, fault) => {
    const file = path.join(folder, title.replaceAll(' ', '-'));
    await writeFile(file, content);
    const refusal = await readGazetteer(file).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(GazetteerError);
    expect((refusal as Error).message).toContain(`${file} ${fault}`);
    expect((refusal as Error).message).toContain('node scripts/build-gazetteer.ts');
  });
});

function toRenamedColumn(): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.write('"keyTexx"', copy.indexOf('"keyText"'));
  return copy;
}

describe('the geocoder', () => {
  it('reads its file at the first query, once for parallel queries', async () => {
    const file = path.join(folder, 'lazy.bin');
    const geocoder = createGeocoder(file);
    await writeFile(file, bytes);
    const questions = Array.from({ length: 20 }, () => geocoder.find({ text: 'Oslo', limit: 1 }));
    const answers = await Promise.all(questions);
    expect(answers.map(({ places }) => places[0]?.name)).toEqual(answers.map(() => 'Oslo'));
    // The file is in memory, so its removal has no effect.
    await rm(file);
    const { places } = await geocoder.nearby({ lat: 47.6, lng: -122, limit: 5 });
    expect(places[0]).toMatchObject({ name: 'Redmond' });
  });

  it('fails a query without a file, and answers the next one once the file exists', async () => {
    const file = path.join(folder, 'late.bin');
    const geocoder = createGeocoder(file);
    const ask = () => geocoder.find({ text: 'Oslo', limit: 1 });
    const outcomes = await Promise.allSettled([ask(), ask()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(ask()).rejects.toThrow('cannot be opened');
    await writeFile(`${file}.tmp`, bytes);
    await rename(`${file}.tmp`, file);
    expect((await ask()).places[0]?.name).toBe('Oslo');
  });
});

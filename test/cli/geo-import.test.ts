import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGeocoder } from '../../src/resources/location/geocoder.ts';
import { buildTimeoutMs, openGazetteer } from '../location/support/gazetteer.ts';
import { makeFolder } from '../support/folder.ts';
import { runCli } from './support/run-cli.ts';

/** A row of `cities1000.txt`, tab separated: https://download.geonames.org/export/dump/readme.txt */
const placeRow = (
  id: number,
  name: string,
  others: string,
  lat: number,
  lng: number,
  feature: string,
  country: string,
  admin1: string,
  population: number,
): string =>
  `${id}\t${name}\t${name}\t${others}\t${lat}\t${lng}\tP\t${feature}\t${country}\t\t${admin1}\t\t\t\t${population}\t\t9\tEurope/Oslo\t2025-03-0${(id % 7) + 1}\n`;

const places = [
  placeRow(3143244, 'Oslo', 'Christiania,Kristiania', 59.91273, 10.74609, 'PPLC', 'NO', '12', 1_082_575),
  placeRow(3161732, 'Bergen', '', 60.39299, 5.32415, 'PPLA', 'NO', '46', 213_585),
  placeRow(2775516, 'Hallstatt', '', 47.56223, 13.64933, 'PPL', 'AT', '04', 1_014),
  placeRow(2867714, 'München', 'Munich', 48.13743, 11.57549, 'PPLA', 'DE', '02', 1_260_391),
].join('');

const otherNames = [
  '1\t2867714\tit\tMonaco di Baviera\t1\t\t\t\t\t',
  '2\t2867714\tlink\thttps://en.wikipedia.org/wiki/Munich\t\t\t\t\t\t',
  '3\t2867714\ten\tMunich\t1\t\t\t\t\t',
  '4\t999\tit\tNessuno\t\t\t\t\t\t',
  '5\t3143244\t\tTigerstaden\t\t\t1\t\t\t',
  '',
].join('\n');

function toFiles(placesText = places, namesText = otherNames) {
  const folder = makeFolder();
  const files = { places: 'cities1000.txt', names: 'alternateNamesV2.txt' };
  writeFileSync(path.join(folder, files.places), placesText);
  writeFileSync(path.join(folder, files.names), namesText);
  return { ...files, folder, out: path.join(folder, 'places.bin') };
}

// The names of regions come from the existing place data.
beforeAll(async () => {
  await openGazetteer();
}, buildTimeoutMs);

describe('gatehouse geo import', () => {
  it("creates place data from GeoNames' dump files, which the geocoder then uses", async () => {
    const { places: file, names, folder, out } = toFiles();
    const { code, stdout, stderr } = await runCli(['geo', 'import', file, names, '--out', out], {
      cwd: folder,
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('4 places and 3 names')]);
    expect(stderr).toContain('cities1000.txt: 4 places');
    expect(readdirSync(folder).toSorted()).toEqual([names, file, 'places.bin']);

    const geocoder = createGeocoder(out);
    const best = async (text: string, language?: string) =>
      (await geocoder.find({ text, limit: 1, language })).places[0];
    expect(await best('Hallstatt')).toMatchObject({
      id: 'geonames:2775516',
      region: 'Upper Austria',
      population: 1014,
    });
    expect(await best('Munich')).toMatchObject({ name: 'München', countryCode: 'DE' });
    expect(await best('Monaco di Baviera')).toMatchObject({ name: 'München' });
    expect(await best('München', 'it')).toMatchObject({ name: 'Monaco di Baviera' });
    expect(await best('Tigerstaden')).toMatchObject({ name: 'Oslo' });
    expect(await best('Nessuno')).toBeUndefined();
    const near = await geocoder.nearby({ lat: 60.4, lng: 5.3, limit: 1 });
    expect(near).toMatchObject({ dataDate: '2025-03-07', places: [{ name: 'Bergen' }] });
  });

  it('works without names in other languages', async () => {
    const { places: file, folder, out } = toFiles();
    const { code, stdout } = await runCli(['geo', 'import', file, '--out', out, '--json'], { cwd: folder });
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ ok: true, places: 4, names: 0 }),
    ]);
    const { places: found } = await createGeocoder(out).find({ text: 'Kristiania', limit: 1 });
    expect(found[0]).toMatchObject({ name: 'Oslo' });
  });

  it.each([
    ['a file that is not there', undefined, /nothing\.txt cannot be read/],
    ['no places', '', /has no places/],
    ['rows that are too short', 'Oslo\t59.9\t10.7\n', /line 1: 3 columns, but GeoNames has 19/],
    [
      'a place beyond the pole',
      places.replace('59.91273', '159.91273'),
      /row of 3143244 is not that of a place/,
    ],
  ])('refuses %s, and keeps the existing file', async (_what, text, words) => {
    const { places: file, folder, out } = toFiles(text ?? places);
    writeFileSync(out, 'before');
    const given = text === undefined ? 'nothing.txt' : file;
    const { code, stderr } = await runCli(['geo', 'import', given, '--out', out], { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
    expect(readFileSync(out, 'utf8')).toBe('before');
    expect(existsSync(`${out}.tmp`)).toBe(false);
  });
});

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { readSources } from '../../src/startup/read-sources.ts';
import { makeFolder } from '../support/folder.ts';

const faultsOf = (env: Record<string, string>): string[] => {
  const read = readConfig(env, { cwd: makeFolder() });
  return read.ok ? [] : read.faults.map(({ name }) => name);
};

describe('the map servers of the configuration', () => {
  it('are accepted with their path, without a trailing slash', () => {
    const env = { GEOCODER_URL: 'https://maps.example.com/photon/', GEOCODER_KIND: 'photon' };
    const read = readConfig(env, { cwd: makeFolder() });
    expect(read.ok && read.config.geocoder).toEqual({
      url: 'https://maps.example.com/photon',
      kind: 'photon',
    });
  });

  it.each([
    ['GEOCODER_KIND', { GEOCODER_URL: 'http://127.0.0.1:2322' }],
    ['GEOCODER_URL', { GEOCODER_KIND: 'nominatim' }],
    ['GEOCODER_KIND', { GEOCODER_URL: 'http://127.0.0.1:2322', GEOCODER_KIND: 'osrm' }],
    ['DIRECTIONS_KIND', { DIRECTIONS_URL: 'http://127.0.0.1:5000' }],
    ['DIRECTIONS_URL', { DIRECTIONS_KIND: 'valhalla' }],
    ['DIRECTIONS_URL', { DIRECTIONS_URL: 'ftp://127.0.0.1', DIRECTIONS_KIND: 'osrm' }],
    ['DIRECTIONS_URL', { DIRECTIONS_URL: 'http://user:secret@127.0.0.1', DIRECTIONS_KIND: 'osrm' }],
    ['DIRECTIONS_URL', { DIRECTIONS_URL: 'http://127.0.0.1/?key=1', DIRECTIONS_KIND: 'osrm' }],
    ['DIRECTIONS_URL', { DIRECTIONS_URL: '127.0.0.1:5000', DIRECTIONS_KIND: 'osrm' }],
  ])('are a fault of %s if they are %j', (name, env) => {
    expect(faultsOf(env as Record<string, string>)).toContain(name);
  });

  it('an extract that cannot be read is a fault at start', async () => {
    const cwd = makeFolder();
    const faultOf = async (file: string) => {
      const read = await readSources({ DIRECTIONS_OSM_FILE: file }, { cwd });
      return read.ok ? undefined : read.faults.find(({ name }) => name === 'DIRECTIONS_OSM_FILE')?.seen;
    };
    expect(await faultOf('none.osm.pbf')).toBe(`${JSON.stringify(path.join(cwd, 'none.osm.pbf'))}: ENOENT`);
    expect(await faultOf('.')).toContain('not a file');
  });
});

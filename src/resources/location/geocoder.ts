import { fileURLToPath } from 'node:url';
import { createSingleFlight } from '../../lib/single-flight.ts';
import { createEmbeddedEngine, type EmbeddedEngine } from './embedded-engine.ts';
import type { Geocoder } from './places.ts';
import { readGazetteer } from './read-gazetteer.ts';

/** The output of `scripts/build-gazetteer.ts`. */
export const defaultGazetteerFile = fileURLToPath(new URL('../../../build/gazetteer.bin', import.meta.url));

/**
 * The offline engine, which reads its gazetteer at the first query. With an invalid file the query fails with a
 * `GazetteerError`, and the next query reads the file again.
 */
export function createGeocoder(gazetteerFile = defaultGazetteerFile): Geocoder {
  const once = createSingleFlight<EmbeddedEngine>();
  let ready: EmbeddedEngine | undefined;
  const load = () =>
    once(gazetteerFile, async () => {
      ready = createEmbeddedEngine(await readGazetteer(gazetteerFile));
      return ready;
    });
  return {
    find: async (query) => (ready ?? (await load())).find(query),
    nearby: async (query) => (ready ?? (await load())).nearby(query),
  };
}

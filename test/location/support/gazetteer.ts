import {
  createEmbeddedEngine,
  type EmbeddedEngine,
} from '../../../src/resources/location/embedded-engine.ts';
import { defaultGazetteerFile } from '../../../src/resources/location/geocoder.ts';
import { type Gazetteer, readGazetteer } from '../../../src/resources/location/read-gazetteer.ts';

/** Timeout of a build on a busy machine, for `beforeAll`. */
export const buildTimeoutMs = 120_000;

/** The complete gazetteer, which is built if missing. Safe in parallel, because the file is written atomically. */
export async function openGazetteer(): Promise<Gazetteer> {
  try {
    return await readGazetteer(defaultGazetteerFile);
  } catch {
    const { writeGazetteer } = await import('../../../scripts/build-gazetteer.ts');
    await writeGazetteer(defaultGazetteerFile);
    return readGazetteer(defaultGazetteerFile);
  }
}

export const openEngine = async (): Promise<EmbeddedEngine> => createEmbeddedEngine(await openGazetteer());

/**
 * The CPU time in ms of the fastest of a few runs: what the work takes, however busy the machine is. Stops once it is
 * below `enoughMs`.
 */
export function fastestMs(enoughMs: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 4 && best >= enoughMs; attempt++) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

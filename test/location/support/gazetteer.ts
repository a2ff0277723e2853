import { access } from 'node:fs/promises';
import { defaultGazetteerFile } from '../../../src/resources/location/geocoder.ts';
import { readGazetteer } from '../../../src/resources/location/read-gazetteer.ts';

/** The built gazetteer; made first where it is missing or of another format. Safe in parallel: it is written whole. */
export async function ensureGazetteer(): Promise<string> {
  const isUsable = await readGazetteer(defaultGazetteerFile).then(
    () => true,
    () => false,
  );
  if (!isUsable) {
    const { writeGazetteer } = await import('../../../scripts/build-gazetteer.ts');
    await writeGazetteer(defaultGazetteerFile);
  }
  await access(defaultGazetteerFile);
  return defaultGazetteerFile;
}

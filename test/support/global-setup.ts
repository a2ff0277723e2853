import path from 'node:path';
import { makeRunFolder } from '../../scripts/run-folder.js';

/**
 * The temp folder of everything in this run is a folder of the run, which is removed at its end. What Node compiles is
 * kept, as `npm start` keeps it, because many tests start the program anew.
 */
export default function setup(): () => void {
  const { folder, remove } = makeRunFolder();
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] ??= path.resolve('build/compile-cache');
  return remove;
}

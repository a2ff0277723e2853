import path from 'node:path';
import { makeRunFolder } from '../../scripts/run-folder.js';

/**
 * All temporary files of a run are in one folder, which is removed at its end. Node's compile cache is kept, like by
 * `npm start`, because many tests start the program.
 */
export default function setup(): () => void {
  const { folder, remove } = makeRunFolder();
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] ??= path.resolve('build/compile-cache');
  return remove;
}

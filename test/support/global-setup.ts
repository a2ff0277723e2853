import { makeRunFolder } from '../../scripts/run-folder.js';

/** The temp folder of everything in this run is a folder of the run, which is removed at its end. */
export default function setup(): () => void {
  const { folder, remove } = makeRunFolder();
  process.env['TMPDIR'] = folder;
  return remove;
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The commit that an image was built from, which its build writes to `build/revision`; `unknown` in a checkout. */
export const readRevision = (): Promise<string> =>
  readFile(path.join(import.meta.dirname, '../../build/revision'), 'utf8').then(
    (text) => text.trim() || 'unknown',
    () => 'unknown',
  );

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Writes a seed that the embedded tenant applies on top of its built-in one; the path of its file. */
export function writeSeedFile(seed: object): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'gatehouse-seed-')), 'seed.json');
  writeFileSync(file, JSON.stringify(seed));
  return file;
}

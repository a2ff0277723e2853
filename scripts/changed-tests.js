import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.js';

/** The number of test files that run within a minute on two processors. */
const mostTests = 24;
const isModule = (file) => /\.(?:[cm]?[jt]s|tsx)$/.test(file);
const isTest = (file) => file.endsWith('.test.ts') && !file.endsWith('.heavy.test.ts');
/** The `imports` of package.json (`#name`). */
const { imports: aliases = {} } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const importPattern = /(?:\bfrom|\bimport|\bURL)\s*\(?\s*['"]([.#][^'"]*)['"]/g;

/** The files that have changed since a commit, staged or not, and untracked files. */
export function listChangedFiles(commit) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  const changed = git('diff', '--name-only', '-z', commit, '--');
  const unknown = git('ls-files', '--others', '--exclude-standard', '-z');
  return [...new Set([...changed, ...unknown])].filter(Boolean);
}

/** The text of every module of the project, by its path relative to the checkout. */
export function readSources() {
  const names = ['src', 'test', 'scripts', 'packages'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.posix.join(folder, name)),
  );
  const modules = names.filter((name) => isModule(name) && !/(?:^|\/)(?:node_modules|dist)\//.test(name));
  return new Map(modules.map((name) => [name, readFileSync(path.join(root, name), 'utf8')]));
}

/**
 * The test files that a change can break, most related first: those that have changed or import a changed file, then those
 * whose path has the same words, then those that are the fewest imports away. A file that is not a module counts as
 * imported by modules that contain its name. Returns at most `most` of them, and their total number.
 */
export function pickTests(changed, sources, most = mostTests) {
  const distances = toDistances(changed, sources);
  const words = new Set(changed.flatMap(toWords));
  const rank = ([file, distance]) => [
    distance > 1 ? 1 : 0,
    -toWords(file).filter((word) => words.has(word)).length,
    distance,
  ];
  const related = [...distances]
    .filter(([file]) => isTest(file) && sources.has(file))
    .map((entry) => ({ file: entry[0], rank: rank(entry) }))
    // oxlint-disable-next-line unicorn/no-array-sort -- the scripts run on Node 18, too
    .sort((a, b) => a.rank.map((value, i) => value - b.rank[i]).find((by) => by !== 0) ?? 0);
  return { tests: related.slice(0, most).map(({ file }) => file), related: related.length };
}

/** The number of imports between the changed files and each file that depends on them. */
function toDistances(changed, sources) {
  const importers = new Map();
  for (const [file, text] of sources) {
    for (const imported of findImports(file, text)) {
      importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  for (const file of changed.filter((name) => !sources.has(name))) {
    const naming = [...sources].filter(([, text]) => text.includes(path.posix.basename(file)));
    importers.set(file, [...(importers.get(file) ?? []), ...naming.map(([name]) => name)]);
  }
  const distances = new Map(changed.map((file) => [file, 0]));
  // The iteration of a Map includes entries that are added meanwhile, so this is a breadth-first search.
  for (const [file, distance] of distances) {
    for (const importer of importers.get(file) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
  }
  return distances;
}

function findImports(file, text) {
  const folder = path.posix.dirname(file);
  return [...text.matchAll(importPattern)].map(([, name]) =>
    Object.hasOwn(aliases, name) ? path.posix.normalize(aliases[name]) : path.posix.join(folder, name),
  );
}

/** `src/auth/sign-in.ts` has the words `auth`, `sign` and `in`. */
function toWords(file) {
  const known = new Set(['src', 'test', 'packages', 'support']);
  const [name] = file.split(/(?:\.heavy)?(?:\.test)?\.\w+$/);
  return [...new Set(name.split(/[/.-]/))].filter((word) => !known.has(word));
}

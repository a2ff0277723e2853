import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listChangedFiles, pickTests, readSources } from './changed-tests.js';
import { runNode } from './child.js';
import { makeRunFolder } from './run-folder.js';
import { ensureSystemPackages } from './system-packages.js';

const noCheck = { code: 0, signal: null };
const HEAVY = '--config=vitest.heavy.config.ts';

/**
 * `npm test`: runs the check and vitest, and prints the closing line `N passed, N failed` of vitest's results. Resolves to
 * its end, `{ code, signal }`: 0 only if the check and vitest passed and at least one test ran.
 */
export async function runTests(node, args) {
  const check = await runNode(node, ['scripts/check.js']);
  if (check.signal !== null) return check;
  return runVitest(node, args, check);
}

/** `npm run test:heavy`: the tests that need clusters, images or long runs, without the check. */
export const runHeavyTests = (node, args) => runVitest(node, [HEAVY, ...args]);

/** `npm run test:changed`: the tests most related to the changes since a commit. Default: the latest commit. */
export async function runChangedTests(node, [commit = 'HEAD', ...args]) {
  const changed = listChangedFiles(commit);
  const { tests, related } = pickTests(changed, readSources());
  const files = `${changed.length} ${changed.length === 1 ? 'file has' : 'files have'} changed since ${commit}`;
  if (tests.length === 0) {
    process.stdout.write(
      `${files}, and no test file is related. Name an earlier commit to compare with it.\n`,
    );
    return noCheck;
  }
  const left = related - tests.length;
  const rest = left > 0 ? `; ${left} more are related, which npm test runs` : '';
  process.stdout.write(`${files}. The nearest ${tests.length} test files run${rest}.\n`);
  return runVitest(node, [...tests, ...args]);
}

/**
 * Tests whose program is missing are skipped (TEST_WITHOUT); with CI=true they run and fail. With CI=true, files with failed
 * tests run a second time, and the tests that then pass are printed as unstable. With TEST_COUNTS, the closing text adds up all
 * runs with the same file.
 */
async function runVitest(node, args, check = noCheck) {
  const missing = ensureSystemPackages(args.includes(HEAVY));
  const isCi = process.env.CI === 'true';
  if (missing.length > 0) {
    process.stdout.write(
      `Not installed: ${missing.join(', ')}. The tests that need them ${isCi ? 'will fail' : 'are left out'}.\n`,
    );
  }
  const env = { TEST_WITHOUT: isCi ? '' : missing.join(',') };
  const first = await runOnce(node, args, env);
  const { vitest, results } =
    isCi && canRepeat(first) ? repeated(first, await runOnce(node, toRepetition(args, first), env)) : first;
  if (check.code !== 0) process.stdout.write('The check failed: see its table above.\n');
  process.stdout.write(toClosingText(addToSum(process.env.TEST_COUNTS, results)));
  if (vitest.signal !== null) return vitest;
  return {
    code: toEndCode({ checkCode: check.code, vitestCode: vitest.code, counts: results }),
    signal: null,
  };
}

/** One run of vitest: its end, and its results. */
async function runOnce(node, args, env) {
  const { folder, remove } = makeRunFolder();
  const file = path.join(folder, 'results.json');
  const vitest = await runNode(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=./scripts/vitest-reporter.ts',
      ...args,
    ],
    { env: { ...env, TEST_RESULTS: file } },
  );
  const results = toResults(readJson(file), vitest.code);
  remove();
  return { vitest, results };
}

/** Whether failed files may run again: not after an error outside of any test, nor after a signal. */
export const canRepeat = ({ vitest, results }) =>
  vitest.signal === null && results.strayErrors === 0 && Object.keys(results.failedFiles).length > 0;

const toRepetition = (args, { results }) => [
  ...args.filter((arg) => arg.startsWith('--')),
  ...Object.keys(results.failedFiles),
];

/** A run whose failed files ran again: their second results count. */
export function repeated({ results: first }, { vitest, results: second }) {
  const { failedFiles } = first;
  const count = (name) =>
    first[name] - Object.values(failedFiles).reduce((sum, counts) => sum + counts[name], 0) + second[name];
  const isSame = (one) => (other) => one.file === other.file && one.name === other.name;
  const unstable = first.failures.filter((failure) => !second.failures.some(isSame(failure)));
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  return { vitest, results: { ...second, ...counts, unstable } };
}

/** The exit code of a run: 0 only when the check and vitest passed, nothing failed, and something ran. */
export function toEndCode({ checkCode, vitestCode, counts }) {
  return vitestCode || checkCode || (counts.failed > 0 || counts.passed === 0 ? 1 : 0);
}

const noResults = {
  passed: 0,
  failed: 0,
  skipped: 0,
  failures: [],
  failedFiles: {},
  strayErrors: 0,
  unstable: [],
};

/** The results of a run; one that failed without a failed test counts as one failure. */
export function toResults(given, exitCode) {
  const results = { ...noResults, ...given };
  if (exitCode === 0 || results.failed > 0) return results;
  return { ...results, failed: 1, strayErrors: 1 };
}

/** Adds results to the sum in a file, if there is one; returns the new sum. */
export function addToSum(file, { passed, failed, skipped, failures, unstable }) {
  if (!file) return { passed, failed, skipped, failures, unstable };
  const before = readJson(file) ?? noResults;
  const sum = {
    passed: before.passed + passed,
    failed: before.failed + failed,
    skipped: before.skipped + skipped,
    failures: [...before.failures, ...failures],
    unstable: [...before.unstable, ...unstable],
  };
  writeFileSync(file, JSON.stringify(sum));
  return sum;
}

/** The failures and, as the last line, `N passed, N failed`, with `, N skipped` if there are any. */
export function toClosingText({ passed, failed, skipped, failures, unstable }) {
  const toLine =
    (what) =>
    ({ file, name, message }) =>
      `${what}: ${file} > ${name}: ${message}\n`;
  const lines = [
    ...unstable.map(toLine('unstable, passed when it ran again')),
    ...failures.map(toLine('failed')),
    `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  ];
  return lines.join('');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

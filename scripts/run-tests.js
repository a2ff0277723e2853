import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listChangedFiles, pickTests, readSources } from './changed-tests.js';
import { runNode } from './child.js';
import { makeRunFolder } from './run-folder.js';
import { ensureSystemPackages } from './system-packages.js';

const noCheck = { code: 0, signal: null };

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
export const runHeavyTests = (node, args) => runVitest(node, ['--config=vitest.heavy.config.ts', ...args]);

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
 * Tests whose program is missing are skipped (TEST_WITHOUT); with CI=true they run and fail. With TEST_COUNTS, the closing
 * line adds up all runs with the same file.
 */
async function runVitest(node, args, check = noCheck) {
  const missing = ensureSystemPackages();
  const isCi = process.env.CI === 'true';
  if (missing.length > 0) {
    process.stdout.write(
      `Not installed: ${missing.join(', ')}. The tests that need them ${isCi ? 'will fail' : 'are left out'}.\n`,
    );
  }
  const { folder, remove } = makeRunFolder();
  const results = path.join(folder, 'results.json');
  const vitest = await runNode(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=./scripts/vitest-reporter.ts',
      ...args,
    ],
    { env: { TEST_RESULTS: results, TEST_WITHOUT: isCi ? '' : missing.join(',') } },
  );
  const counts = toCounts(readJson(results), vitest.code);
  remove();
  if (check.code !== 0) process.stdout.write('The check failed: see its table above.\n');
  process.stdout.write(`${toClosingLine(addToSum(process.env.TEST_COUNTS, counts))}\n`);
  if (vitest.signal !== null) return vitest;
  return { code: toEndCode({ checkCode: check.code, vitestCode: vitest.code, counts }), signal: null };
}

/** The exit code of a run: 0 only when the check and vitest passed, nothing failed, and something ran. */
export function toEndCode({ checkCode, vitestCode, counts }) {
  return vitestCode || checkCode || (counts.failed > 0 || counts.passed === 0 ? 1 : 0);
}

/** Counts for the closing line; a failed run without a failed test counts as one failure. */
export function toCounts(results, exitCode) {
  const counts = results ?? { passed: 0, failed: 0, skipped: 0 };
  if (exitCode === 0 || counts.failed > 0) return counts;
  return { ...counts, failed: 1 };
}

/** Adds counts to the sum in a file, if there is one; returns the new sum. */
export function addToSum(file, { passed, failed, skipped }) {
  if (!file) return { passed, failed, skipped };
  const before = readJson(file) ?? { passed: 0, failed: 0, skipped: 0 };
  const sum = {
    passed: before.passed + passed,
    failed: before.failed + failed,
    skipped: before.skipped + skipped,
  };
  writeFileSync(file, JSON.stringify(sum));
  return sum;
}

/** The closing line: `N passed, N failed`, and `, N skipped` if there are any. */
export function toClosingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

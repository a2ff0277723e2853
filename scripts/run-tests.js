import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runNode } from './child.js';
import { ensureSystemPackages } from './system-packages.js';

/**
 * Runs the check and then vitest, and ends with the closing line `N passed, N failed` of vitest's own results.
 * Tests whose program is missing are left out by name (TEST_WITHOUT); with CI=true they run, and fail.
 * Resolves to how it ended, `{ code, signal }`: 0 only when the check passed and at least one test ran.
 */
export async function runTests(node, args) {
  const check = await runNode(node, ['scripts/check.js']);
  if (check.signal !== null) return check;
  const missing = ensureSystemPackages();
  const isCi = process.env.CI === 'true';
  if (missing.length > 0) {
    process.stdout.write(
      `Not installed: ${missing.join(', ')}. The tests that need them ${isCi ? 'will fail' : 'are left out'}.\n`,
    );
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'));
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
  const counts = toCounts(readResults(results), vitest.code);
  rmSync(folder, { recursive: true });
  if (check.code !== 0) process.stdout.write('The check failed: see its table above.\n');
  process.stdout.write(`${toClosingLine(counts)}\n`);
  if (vitest.signal !== null) return vitest;
  return { code: toEndCode({ checkCode: check.code, vitestCode: vitest.code, counts }), signal: null };
}

/** The exit code of `npm test`: 0 only when the check and vitest passed, nothing failed, and something ran. */
export function toEndCode({ checkCode, vitestCode, counts }) {
  return vitestCode || checkCode || (counts.failed > 0 || counts.passed === 0 ? 1 : 0);
}

/** Counts for the closing line; a run that ended badly without naming a failed test counts as one failure. */
export function toCounts(results, exitCode) {
  const counts = results ?? { passed: 0, failed: 0, skipped: 0 };
  if (exitCode === 0 || counts.failed > 0) return counts;
  return { ...counts, failed: 1 };
}

/** The closing line: `N passed, N failed`, and `, N skipped` where there are any. */
export function toClosingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { addToSum, toClosingLine, toCounts, toEndCode } from '../../scripts/run-tests.js';
import { makeFolder } from '../support/folder.ts';

describe('the counts of a vitest run', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
  });

  // A vitest run on its own files, with the project's reporter.
  function count(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const results = path.join(folder, 'results.json');
    const { status } = spawnSync(
      process.execPath,
      [
        path.resolve('node_modules/vitest/vitest.mjs'),
        'run',
        '--globals',
        `--root=${folder}`,
        '--maxWorkers=1',
        `--reporter=${path.resolve('scripts/vitest-reporter.ts')}`,
      ],
      { cwd: folder, env: { ...process.env, TEST_RESULTS: results }, stdio: 'ignore' },
    );
    return { status, ...JSON.parse(readFileSync(results, 'utf8')) };
  }

  it('distinguish passed, failed and skipped tests', () => {
    expect(
      count({
        'a.test.ts': `it('a', () => {}); it('b', () => { throw new Error() }); it.skip('c', () => {}); it.todo('d');`,
        'b.test.ts': `describe('e', () => { it('f', () => {}) });`,
      }),
    ).toEqual({ status: 1, passed: 2, failed: 1, skipped: 2 });
  });

  it('count failed hooks and files, and errors outside of tests, as failures', () => {
    expect(
      count({
        'hook.test.ts': `describe('a', () => { beforeAll(() => { throw new Error() }); it('b', () => {}) });`,
        'file.test.ts': `throw new Error();`,
        'stray.test.ts': `it('c', async () => { void Promise.reject(new Error()); await new Promise((r) => setTimeout(r, 50)) });`,
      }),
    ).toEqual({ status: 1, passed: 1, failed: 3, skipped: 1 });
  });
});

describe('the closing line', () => {
  it('states the numbers of passed and failed tests, and of skipped ones if there are any', () => {
    expect(toClosingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(toClosingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('counts a run without results as a failure', () => {
    expect(toCounts(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(toCounts({ passed: 5, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
    expect(toCounts({ passed: 5, failed: 2, skipped: 0 }, 1)).toEqual({ passed: 5, failed: 2, skipped: 0 });
  });

  it('adds up the runs that share a file, which may be empty at first', () => {
    const file = path.join(makeFolder({ counts: '' }), 'counts');
    const counts = { passed: 5, failed: 1, skipped: 2 };
    expect(addToSum(file, counts)).toEqual(counts);
    expect(addToSum(file, counts)).toEqual({ passed: 10, failed: 2, skipped: 4 });
    expect(addToSum(undefined, counts)).toEqual(counts);
  });
});

describe('npm test exits 0', () => {
  const good = { passed: 1, failed: 0, skipped: 0 };

  it('if the check and vitest passed, and a test ran', () => {
    expect(toEndCode({ checkCode: 0, vitestCode: 0, counts: good })).toBe(0);
  });

  it.each([
    ['the check failed', { checkCode: 1 }],
    ['vitest failed', { vitestCode: 1 }],
    ['a test failed', { counts: { ...good, failed: 1 } }],
    ['no test ran', { counts: { passed: 0, failed: 0, skipped: 4 } }],
  ])('but not when %s', (_what, change) => {
    expect(toEndCode({ checkCode: 0, vitestCode: 0, counts: good, ...change })).not.toBe(0);
  });
});

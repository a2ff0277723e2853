import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addToSum,
  canRepeat,
  repeated,
  toClosingText,
  toEndCode,
  toResults,
} from '../../scripts/run-tests.js';
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
        'a.test.ts': `it('a', () => {}); it('b', () => { throw new Error('wrong\\nindeed') }); it.skip('c', () => {}); it.todo('d');`,
        'b.test.ts': `describe('e', () => { it('f', () => {}) });`,
      }),
    ).toEqual({
      status: 1,
      passed: 2,
      failed: 1,
      skipped: 2,
      failures: [{ file: 'a.test.ts', name: 'b', message: 'wrong' }],
      failedFiles: { 'a.test.ts': { passed: 1, failed: 1, skipped: 2 } },
      strayErrors: 0,
    });
  });

  it('count failed hooks and files, and errors outside of tests, as failures', () => {
    expect(
      count({
        'hook.test.ts': `describe('a', () => { beforeAll(() => { throw new Error() }); it('b', () => {}) });`,
        'file.test.ts': `throw new Error();`,
        'stray.test.ts': `it('c', async () => { void Promise.reject(new Error()); await new Promise((r) => setTimeout(r, 50)) });`,
      }),
    ).toMatchObject({
      status: 1,
      passed: 1,
      failed: 3,
      skipped: 1,
      failures: [{ file: 'file.test.ts' }, { file: 'hook.test.ts', name: 'a' }],
      strayErrors: 1,
    });
  });
});

const failure = { file: 'a.test.ts', name: 'b', message: 'wrong' };
const one = { passed: 5, failed: 1, skipped: 2, failures: [failure], unstable: [] };

describe('the closing text', () => {
  it('ends with the numbers of passed and failed tests, and of skipped ones if there are any', () => {
    const none = { failures: [], unstable: [] };
    expect(toClosingText({ passed: 3, failed: 0, skipped: 0, ...none })).toBe('3 passed, 0 failed\n');
    expect(toClosingText({ passed: 3, failed: 1, skipped: 2, ...none })).toBe(
      '3 passed, 1 failed, 2 skipped\n',
    );
  });

  it('names each failure, and each test that passed only when it ran again', () => {
    expect(
      toClosingText({ ...one, unstable: [{ ...failure, name: 'c' }] })
        .split('\n')
        .slice(0, 2),
    ).toEqual(['unstable, passed when it ran again: a.test.ts > c: wrong', 'failed: a.test.ts > b: wrong']);
  });

  it('counts a run without results as a failure', () => {
    expect(toResults(undefined, 1)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
    expect(toResults({ passed: 5, failed: 0, skipped: 0 }, 1)).toMatchObject({ passed: 5, failed: 1 });
    expect(toResults({ passed: 5, failed: 2, skipped: 0 }, 1)).toMatchObject({ passed: 5, failed: 2 });
  });

  it('adds up the runs that share a file, which may be empty at first', () => {
    const file = path.join(makeFolder({ counts: '' }), 'counts');
    expect(addToSum(file, one)).toEqual(one);
    expect(addToSum(file, one)).toEqual({
      passed: 10,
      failed: 2,
      skipped: 4,
      failures: [failure, failure],
      unstable: [],
    });
    expect(addToSum(undefined, one)).toEqual(one);
  });
});

describe('the files of failed tests', () => {
  const end = (code: number, results: object) => ({
    vitest: { code, signal: null },
    results: toResults(results, code),
  });
  const first = end(1, {
    ...one,
    passed: 100,
    failedFiles: { 'a.test.ts': { passed: 4, failed: 1, skipped: 0 } },
  });

  it('run again, and what passes then counts as passed and is unstable', () => {
    expect(canRepeat(first)).toBe(true);
    const { vitest, results } = repeated(first, end(0, { passed: 5, failed: 0, skipped: 0 }));
    expect(vitest.code).toBe(0);
    expect(results).toMatchObject({ passed: 101, failed: 0, skipped: 2, failures: [], unstable: [failure] });
  });

  it('count as failed if they fail again', () => {
    const { vitest, results } = repeated(first, end(1, { passed: 4, failed: 1, failures: [failure] }));
    expect(vitest.code).toBe(1);
    expect(results).toMatchObject({ passed: 100, failed: 1, failures: [failure], unstable: [] });
  });

  it('do not run again after an error outside of any test, or after a run without results', () => {
    expect(canRepeat(end(1, { ...first.results, strayErrors: 1 }))).toBe(false);
    expect(canRepeat({ vitest: { code: 1, signal: null }, results: toResults(undefined, 1) })).toBe(false);
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

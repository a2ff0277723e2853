import { describe, expect, it } from 'vitest';
import { listChangedFiles, pickTests, readSources } from '../../scripts/changed-tests.js';

const sources = new Map([
  ['src/lib/clock.ts', ''],
  ['src/auth/sign-in.ts', `import { now } from '../lib/clock.ts';`],
  ['src/app.ts', `import './auth/sign-in.ts';\nconst page = new URL('page.html', import.meta.url);`],
  ['test/support/world.ts', `const { app } = await import('../../src/app.ts');`],
  ['test/lib/clock.test.ts', `import { now } from '../../src/lib/clock.ts';`],
  ['test/auth/sign-in.test.ts', `import '../support/world.ts';`],
  ['test/proxy/proxy.test.ts', `import '../support/world.ts';`],
  ['test/proxy/chaos.heavy.test.ts', `import '../support/world.ts';`],
  ['test/config/values.test.ts', `import { readFileSync } from 'node:fs';`],
]);
const pick = (changed: string[], most?: number) => pickTests(changed, sources, most);

describe('the tests closest to a change', () => {
  it('import the changed file, then share its words, then are the fewest imports away', () => {
    expect(pick(['src/lib/clock.ts'])).toEqual({
      tests: ['test/lib/clock.test.ts', 'test/auth/sign-in.test.ts', 'test/proxy/proxy.test.ts'],
      related: 3,
    });
    expect(pick(['src/auth/sign-in.ts']).tests[0]).toBe('test/auth/sign-in.test.ts');
  });

  it('fill the available time', () => {
    expect(pick(['src/lib/clock.ts'], 1)).toEqual({ tests: ['test/lib/clock.test.ts'], related: 3 });
  });

  it('include changed test files, but not removed ones', () => {
    expect(pick(['test/config/values.test.ts', 'test/config/gone.test.ts'])).toEqual({
      tests: ['test/config/values.test.ts'],
      related: 1,
    });
  });

  it('depend on a file other than a module if they contain its name', () => {
    expect(pick(['src/page.html']).related).toBe(2);
    expect(pick(['docs/unnamed.md'])).toEqual({ tests: [], related: 0 });
  });
});

it('each test file of this checkout is related to itself, and each module of the gateway to its tests', () => {
  const all = readSources();
  const tests = [...all.keys()].filter((file) => file.endsWith('.test.ts') && !file.includes('.heavy.'));
  expect(tests.length).toBeGreaterThan(100);
  expect(new Set(pickTests(tests, all, Infinity).tests)).toEqual(new Set(tests));
  for (const file of ['src/gateway.ts', 'packages/tenant/src/index.ts'])
    expect(pickTests([file], all, Infinity).related).toBeGreaterThan(40);
});

it('an invalid commit is an error of git', () => {
  expect(() => listChangedFiles('--no-such-commit')).toThrow(/git/);
});

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

describe('the tests nearest to a change', () => {
  it('import what has changed, then go by its words, then are fewest imports away', () => {
    expect(pick(['src/lib/clock.ts'])).toEqual({
      tests: ['test/lib/clock.test.ts', 'test/auth/sign-in.test.ts', 'test/proxy/proxy.test.ts'],
      related: 3,
    });
    expect(pick(['src/auth/sign-in.ts']).tests[0]).toBe('test/auth/sign-in.test.ts');
  });

  it('are as many as there is time for', () => {
    expect(pick(['src/lib/clock.ts'], 1)).toEqual({ tests: ['test/lib/clock.test.ts'], related: 3 });
  });

  it('are test files that have changed themselves, but not removed ones', () => {
    expect(pick(['test/config/values.test.ts', 'test/config/gone.test.ts'])).toEqual({
      tests: ['test/config/values.test.ts'],
      related: 1,
    });
  });

  it('depend on a file that is no module where its name stands', () => {
    expect(pick(['src/page.html']).related).toBe(2);
    expect(pick(['docs/unnamed.md'])).toEqual({ tests: [], related: 0 });
  });
});

it('each test file of this checkout is related to itself, and the gateway to the tests of its rooms', () => {
  const all = readSources();
  const tests = [...all.keys()].filter((file) => file.endsWith('.test.ts') && !file.includes('.heavy.'));
  expect(tests.length).toBeGreaterThan(100);
  expect(new Set(pickTests(tests, all, Infinity).tests)).toEqual(new Set(tests));
  for (const file of ['src/gateway.ts', 'packages/tenant/src/index.ts'])
    expect(pickTests([file], all, Infinity).related).toBeGreaterThan(40);
});

it('a commit that is none is an error of git', () => {
  expect(() => listChangedFiles('--no-such-commit')).toThrow(/git/);
});

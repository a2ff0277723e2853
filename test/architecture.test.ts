import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LayoutRule } from './project/layout-rules.ts';
import { LAYOUT_RULES, longest } from './project/layout-rules.ts';
import { parseSourceFacts } from './project/source-facts.ts';

type RuleName = keyof typeof LAYOUT_RULES;

const rules = Object.entries<LayoutRule>(LAYOUT_RULES);
const readFacts = (pattern: string) =>
  globSync(pattern).map((file) => parseSourceFacts(file.replaceAll('\\', '/'), readFileSync(file, 'utf8')));
const sources = [...readFacts('src/**/*.ts'), ...readFacts('packages/*/src/**/*.ts')];
const tests = [...readFacts('test/**/*.ts'), ...readFacts('packages/*/test/**/*.ts')];

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

describe('the layout of the sources', () => {
  it('finds files', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(tests.length).toBeGreaterThan(0);
  });

  it.each(rules)('follows the rule: %s', (_name, rule) => {
    expect(
      sources.flatMap((file) => {
        const found = rule(file);
        return found === undefined ? [] : [`${file.path} ${found}`];
      }),
    ).toEqual([]);
  });

  it('has small files', () => {
    expect(median(sources.map(({ lines }) => lines))).toBeLessThanOrEqual(80);
  });

  it('has tests that access the state of a tenant only by one helper', () => {
    const reaching = /\bcontext\.state\b|\{[^{}]*\bstate\b[^{}]*\} = [\w.]*\bcontext;/;
    const found = tests.filter(({ path }) => reaching.test(readFileSync(path, 'utf8')));
    expect(found.map(({ path }) => path)).toEqual([]);
    expect(['const { state, clock } = t.tenant', 'context;'].join('.')).toMatch(reaching);
  });

  it('has tests that use it, not test', () => {
    const other = /import \{[^}]*\btest\b[^}]*\} from 'vitest'/;
    const found = tests.filter(({ path }) => other.test(readFileSync(path, 'utf8')));
    expect(found.map(({ path }) => path)).toEqual([]);
    expect(['import { describe, test }', `from 'vitest'`].join(' ')).toMatch(other);
  });

  it('has tests that create folders only by the helper that removes them after the run', () => {
    const making = new RegExp(['mkd', 'temp'].join(''));
    const found = tests.filter(({ path }) => making.test(readFileSync(path, 'utf8')));
    expect(found.map(({ path }) => path)).toEqual(['test/support/folder.ts']);
  });

  it('has tests that import the other product only by its public interface or its test support', () => {
    const entries = tests.flatMap(({ path, imports }) => imports.map((name) => [path, name] as const));
    const isGateways = ([path]: readonly [string, string]) => path.startsWith('test/');
    const intoTenant = entries.filter(
      (entry) => isGateways(entry) && /packages\/tenant\/src\//.test(entry[1]),
    );
    const intoGateway = entries.filter((entry) => !isGateways(entry) && /(\.\.\/){3,}src\//.test(entry[1]));
    expect([...intoTenant, ...intoGateway]).toEqual([]);
  });

  it('has tests of a readable length', () => {
    expect(tests.filter(({ lines }) => lines > longest.test).map(({ path }) => path)).toEqual([]);
  });
});

/** For a file of the tenant: an import that is refused, and one that is allowed. */
const tenantFault = (file: string, refused: string, allowed: string) =>
  ['layers', `packages/tenant/src/${file}`, `import '${refused}';`, `import '${allowed}';`] as const;

// A rule that cannot fail is a defect: each gets an input to refuse, and the most similar input to accept.
const planted: readonly (readonly [rule: RuleName, path: string, refused: string, allowed: string])[] = [
  ['layers', 'src/http/a.ts', `import { b } from '../bearer/b.ts';`, `import { b } from '../lib/b.ts';`],
  [
    'layers',
    'src/browser/a.ts',
    `import type { B } from '../http/b.ts';`,
    `import type { B } from './b.ts';`,
  ],
  ['layers', 'src/lib/a.ts', `import { E } from '../errors.ts';`, `import { z } from 'zod';`],
  ['layers', 'src/auth0/a.ts', `export * from '../session/b.ts';`, `export * from '../store/b.ts';`],
  ['layers', 'src/app.ts', `const a = await import('./deps.ts');`, `const a = await import('./auth/b.ts');`],
  ['layers', 'src/auth/a.ts', `type A = import('../admin/b.ts').B;`, `type A = import('../http/b.ts').B;`],
  ['layers', 'src/auth/a.ts', `import { b } from '../cellar/b.ts';`, `import { b } from '../session/b.ts';`],
  ['layers', 'src/cellar/a.ts', `import { b } from '../lib/b.ts';`, `import { b } from './b.ts';`],
  [
    'auth modules',
    'src/auth/mfa/a.ts',
    `import { b } from '../password/b.ts';`,
    `import { b } from '../second-factor.ts';`,
  ],
  ['auth modules', 'src/auth/b.ts', `import { b } from './redirect/b.ts';`, `import { b } from './a.ts';`],
  [
    'auth modules',
    'src/auth/b.ts',
    `import { b } from './assemble.ts';`,
    `import { b } from '../errors.ts';`,
  ],
  [
    'auth modules',
    'src/auth/sessions/a.ts',
    `import { b } from '../assemble.ts';`,
    `import { b } from './assemble.ts';`,
  ],
  [
    'auth modules',
    'src/auth/assemble.ts',
    `import { b } from './unlisted/b.ts';`,
    `import { b } from './mfa/b.ts';`,
  ],
  // Imports that would create a cycle between folders of the tenant.
  tenantFault('users/a.ts', '../authorize/b.ts', '../sessions/b.ts'),
  tenantFault('users/a.ts', '../pages/b.ts', '../wire/b.ts'),
  tenantFault('tokens/a.ts', '../mfa/b.ts', '../authorization/b.ts'),
  tenantFault('tokens/a.ts', '../users/b.ts', '../dpop/b.ts'),
  tenantFault('limits/a.ts', '../users/b.ts', './b.ts'),
  tenantFault('clients/a.ts', '../seed/b.ts', '../state/b.ts'),
  tenantFault('seed/a.ts', '../management/b.ts', '../factors/b.ts'),
  tenantFault('pages/a.ts', '../authorize/b.ts', '../wire/b.ts'),
  tenantFault('authorize/a.ts', '../grants/b.ts', '../authorization/b.ts'),
  tenantFault('authorize/a.ts', '../mfa/b.ts', '../factors/b.ts'),
  tenantFault('authorize/a.ts', '../control/b.ts', '../sessions/b.ts'),
  tenantFault('mfa/a.ts', '../passwordless/b.ts', '../authorize/b.ts'),
  tenantFault('management/a.ts', '../transfer/b.ts', '../seed/b.ts'),
  tenantFault('control/a.ts', '../console/b.ts', '../transfer/b.ts'),
  tenantFault('wire/a.ts', '../endpoints.ts', '../lib/b.ts'),
  tenantFault('state/a.ts', '../wire/b.ts', '../lib/b.ts'),
  tenantFault('tenant.ts', './index.ts', './app.ts'),
  [
    'layers',
    'packages/client/src/transport.ts',
    `import './create-gatehouse.ts';`,
    `import './operations.ts';`,
  ],
  [
    'products apart',
    'src/http/a.ts',
    `import { b } from '../../test/b.ts';`,
    `import b from '../../package.json';`,
  ],
  [
    'products apart',
    'packages/tenant/src/a.ts',
    `import { b } from '../../../src/lib/b.ts';`,
    `import { b } from './lib/b.ts';`,
  ],
  [
    'products apart',
    'packages/tenant/src/x/a.ts',
    `import { b } from '../../test/b.ts';`,
    `import { b } from '../state/b.ts';`,
  ],
  [
    'products apart',
    'packages/client/src/a.ts',
    `import type { B } from '../../../src/http/b.ts';`,
    `import type { B } from './b.ts';`,
  ],
  [
    'products apart',
    'src/embedded/a.ts',
    `import { b } from '../../packages/tenant/src/b.ts';`,
    `import { b } from '#tenant';`,
  ],
  ['express', 'src/bearer/a.ts', `import express from 'express';`, `import { j } from 'express-jwt';`],
  [
    'express',
    'packages/tenant/src/a.ts',
    `import type { A } from 'express';`,
    `import type { A } from 'node:http';`,
  ],
  ['environment', 'src/config/a.ts', `const a = process.env['A'];`, `const a = '// process.env';`],
  ['environment', 'src/deps.ts', `const { env: a } = process;`, `const { pid: a } = process;`],
  ['environment', 'src/app.ts', `globalThis.process?.env.A;`, `input.env;`],
  ['environment', 'src/app.ts', `import { env } from 'node:process';`, `import { pid } from 'node:process';`],
  ['tenant clock', 'packages/tenant/src/a.ts', `const a = Date.now();`, `const a = clock.now();`],
  ['tenant clock', 'packages/tenant/src/a.ts', `const f = (now = Date.now) => now();`, `/* Date.now() */`],
  ['tenant clock', 'packages/tenant/src/a.ts', `const a = new Date();`, `const a = new Date(nowMs);`],
  ['tenant clock', 'packages/tenant/src/a.ts', `const a = Date();`, `const a = toDate();`],
  ['readable imports', 'src/main.ts', `await import(name);`, `await import('./tenant/app.ts');`],
  ['named exports', 'src/http/a.ts', `export default 1;`, `export const a = 1;`],
  [
    'named exports',
    'src/http/a.ts',
    `const a = 1; export { a as default };`,
    `const a = 1; export { a as b };`,
  ],
  ['no module state', 'src/http/a.ts', `let a = 0;`, `function f() { let a = 0; return a; }`],
  ['no module state', 'src/http/a.ts', `export let a = 0;`, `export const a = 0;`],
  ['size', 'src/http/a.ts', '\n'.repeat(301), '\n'.repeat(300)],
  ['size', 'packages/client/src/a.ts', '\n'.repeat(301), '\n'.repeat(300)],
];

const plantedPaths: readonly (readonly [rule: RuleName, refused: string, allowed: string])[] = [
  ['layers', 'src/cellar/a.ts', 'src/http/a.ts'],
  ['express', 'src/auth/start.ts', 'src/auth/redirect/login-routes.ts'],
  ['express', 'packages/tenant/src/endpoints/app.ts', 'packages/tenant/src/app.ts'],
  ['environment', 'src/deps.ts', 'src/cli/tenant.ts'],
  ['tenant clock', 'packages/tenant/src/state/users.ts', 'packages/tenant/src/lib/clock.ts'],
  ['tenant clock', 'packages/tenant/src/lib/random.ts', 'src/lib/clock.ts'],
  ['products apart', 'src/main.ts', 'src/embedded/a.ts'],
  ['environment', 'packages/tenant/src/app.ts', 'packages/tenant/src/cli.ts'],
  ['no barrels', 'src/http/index.ts', 'src/cli/index.ts'],
  ['no barrels', 'packages/tenant/src/users/index.ts', 'packages/tenant/src/index.ts'],
  ['no barrels', 'packages/client/src/transport/index.ts', 'packages/client/src/index.ts'],
  ['telling names', 'src/http/utils/a.ts', 'src/http/a.ts'],
  ['telling names', 'src/http/requestId.ts', 'src/http/request-id.ts'],
];

const everything = `import express from 'express'; import t from '#tenant'; import { b } from '../lib/b.ts'; f(process.env.A, Date.now());`;

describe('the layout rules', () => {
  it.each(planted)(
    '%s: in %s, the first text is refused and the second allowed',
    (name, path, refused, allowed) => {
      expect(LAYOUT_RULES[name](parseSourceFacts(path, refused)), refused).toBeTypeOf('string');
      expect(LAYOUT_RULES[name](parseSourceFacts(path, allowed)), allowed).toBeUndefined();
    },
  );

  it.each(plantedPaths)('%s: refuses at %s what it allows at %s', (name, refused, allowed) => {
    expect(LAYOUT_RULES[name](parseSourceFacts(refused, everything))).toBeTypeOf('string');
    expect(LAYOUT_RULES[name](parseSourceFacts(allowed, everything))).toBeUndefined();
  });

  it('all have an input to refuse', () => {
    expect([...new Set([...planted, ...plantedPaths].map(([name]) => name))].toSorted()).toEqual(
      Object.keys(LAYOUT_RULES).toSorted(),
    );
  });
});

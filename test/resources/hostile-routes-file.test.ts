import { describe, expect, it } from 'vitest';
import { parseRoutes } from '../../src/resources/routes-file/parse-routes.ts';
import { createProxiedRoutes } from '../../src/resources/routes-file/proxied-routes.ts';

const row = (changes: string) =>
  `{"routes":[{"path":"/a","methods":["GET"],"upstream":"http://127.0.0.1:1","guard":{}${changes}}]}`;

function faultsOf(text: string): string[] {
  const parsed = parseRoutes(text, [], () => undefined);
  return parsed.ok ? [] : parsed.faults.map(({ name }) => name);
}

describe('a routes file', () => {
  it.each([
    ['with an alias inside of its target', 'routes: &all [*all]'],
    ['with an alias of a row in that row', 'routes:\n  - &row\n    path: *row\n'],
    [
      'with aliases of aliases',
      `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nroutes: [${'*b,'.repeat(50)}]`,
    ],
    ['that is too deep', `routes: ${'['.repeat(5000)}`],
    ['with tabs', 'routes:\n\t- path: /a'],
    ['of two documents', 'routes: []\n---\nroutes: []'],
    ['with a tag', 'routes: !!js/function "x"'],
    ['that is empty', ''],
  ])('with %s has a fault and does not crash', (_what, text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });

  it.each([
    ['of a row', row(',"__proto__":{"token":"user"}'), 'ROUTES_FILE.routes[0].__proto__'],
    [
      'of a guard',
      row('').replace('{}', '{"__proto__":{"scopes":["a"]}}'),
      'ROUTES_FILE.routes[0].guard.__proto__',
    ],
    [
      'of a claim',
      row('').replace('{}', '{"claims":{"__proto__":"x"}}'),
      'ROUTES_FILE.routes[0].guard.claims.__proto__',
    ],
  ])(
    'must not contain __proto__ in place %s, because the guard would require less than it shows',
    (_what, text, name) => {
      expect(faultsOf(text)).toEqual([name]);
    },
  );
});

it.each([
  'http://metadata',
  'http://metadata.google.internal',
  'https://metadata.google.internal.',
  'http://instance-data',
  'http://[fd00:ec2::254]',
])('%s is refused as an upstream, because it returns the machine’s credentials', (upstream) => {
  expect(faultsOf(row('').replace('http://127.0.0.1:1', upstream))).toEqual([
    'ROUTES_FILE.routes[0].upstream',
  ]);
});

it('rows of one path have separate limits', () => {
  const limit = { per_caller: '1/min' };
  const common = { path: '/a', upstream: 'http://127.0.0.1:1', guard: 'public', limit };
  const routes = [
    { ...common, methods: ['GET', 'PUT'] },
    { ...common, methods: ['POST'] },
  ];
  const parsed = parseRoutes(JSON.stringify({ routes }), [], () => undefined);
  const names = new Set<string>();
  createProxiedRoutes({
    createServe: () => ({ serve: () => undefined, remove: () => undefined }),
    createRowLimiter(name) {
      names.add(name);
      return { charge: () => Promise.resolve({}), refund: () => Promise.resolve() };
    },
    defaultAudience: 'urn:a',
  })(parsed.ok ? parsed.rows : []);
  expect(names).toEqual(new Set(['route GET|PUT /a', 'route POST /a']));
});

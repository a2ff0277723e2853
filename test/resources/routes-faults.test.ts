import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/config/faults.ts';
import { parseRoutes } from '../../src/resources/routes-file/parse-routes.ts';
import { routesFileSchema } from '../../src/resources/routes-file/routes-file-schema.ts';

const variables = new Map([
  ['HOST_OF_IT', 'organizer'],
  ['PORT_OF_IT', '8080'],
  ['ORGANIZER_URL', 'https://organizer.example.com'],
  ['PUBLIC_HTTP', 'http://example.com'],
  ['WITH_USER', 'https://user:hush@organizer.example.com'],
  ['API_KEY', 'sk_live_hush'],
]);

const parse = (text: string) => parseRoutes(text, [], (name) => variables.get(name));
function faultsOf(text: string): readonly Fault[] {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.faults;
}

describe('a fault of a routes file', () => {
  it('names the key and its line; for a missing key, the line of its row', () => {
    const text = `# our routes
routes:
  - path: /api/a
    methods:
      - GET
      - FETCH
    upstream: http://127.0.0.1:1
    guard: { scopes: [a, "b c"] }
  - methods: [GET]
    path: /api/b
    upstream: http://127.0.0.1:1
    colour: red
  -
    path: /api/a
    methods: [GET]
    upstream: http://127.0.0.1:1
    guard: public
`;
    expect(faultsOf(text).map(({ name, seen }) => [name.replace('ROUTES_FILE.routes', ''), seen])).toEqual([
      ['[0].methods[1]', '"FETCH" (line 6)'],
      ['[0].guard.scopes[1]', '"b c" (line 8)'],
      ['[1].guard', 'nothing (line 9)'],
      ['[1].colour', '"red" (line 12)'],
      ['[2].path', '"GET /api/a" (line 14)'],
    ]);
  });

  it('in an alias has the line of the value', () => {
    const text = `common: &common
  path: /api/a
  methods: [FETCH]
routes: [*common]
`;
    const fault = faultsOf(text).find(({ name }) => name === 'ROUTES_FILE.routes[0].methods[0]');
    expect(fault?.seen).toBe('"FETCH" (line 3)');
  });

  it('is reported for JSON too', () => {
    const text = '{\n  "routes": [\n    {\n      "path": "a"\n    }\n  ]\n}';
    expect(faultsOf(text)[0]).toMatchObject({ name: 'ROUTES_FILE.routes[0].path', seen: '"a" (line 4)' });
  });

  it('shows no credentials of an upstream', () => {
    const text = JSON.stringify({ routes: [{ upstream: 'https://user:hush@a.example' }] });
    expect(JSON.stringify(faultsOf(text))).not.toContain('hush');
  });

  it('shows no control characters', () => {
    const text = JSON.stringify({ routes: [{ path: '/\u001b[31m\u202e', '\u001b[32m': 1 }] });
    for (const { name, seen, wanted } of faultsOf(text))
      expect(name + seen + wanted).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([
    ['a key that comes twice', 'routes: []\nroutes: []\n', 'line 2, column 1: a key that comes twice'],
    ['a tab', 'routes:\n\t- path: /a', 'line 2, column 1: a tab as indentation'],
    ['a second document', 'routes: []\n---\nroutes: []', 'line 2, column 1: a second document'],
    ['an alias of nothing', 'routes: *x', 'an alias of nothing or of itself, or too many aliases'],
  ])('of its YAML has its line: %s', (_what, text, seen) => {
    expect(faultsOf(text)).toMatchObject([{ name: 'ROUTES_FILE', seen }]);
  });
});

/** Every key of a row, including nested ones, as a path. */
const keys = Object.keys(routesFileSchema.shape.routes.element.shape);
const nested = ['scopes', 'anyScope', 'permissions', 'claims', 'user', 'client', 'max_age', 'acr'];
const strange = [null, true, 1, -1, 1.5, 1e300, '', 'x y', [], [1], [''], {}, { a: {} }, 'x'.repeat(5000)];
/** Terms of the validation library and of JavaScript. */
const foreign =
  /invalid|expected|received|unrecognized|too (?:small|big|few|many)|input|pattern|regex|undefined|\bnull\b|NaN|zod/i;

describe('the text of a fault', () => {
  it.each(keys)('of %s is the project’s own, for any value', (key) => {
    for (const value of strange)
      for (const { wanted } of faultsOf(JSON.stringify({ routes: [{ [key]: value }] }))) {
        expect(wanted).not.toMatch(foreign);
        expect(wanted).not.toBe('a value that is valid here');
      }
  });

  it.each([
    ...nested.map((key) => ['guard', key] as const),
    ['limit', 'per_caller'] as const,
    ['cors', 'allow'] as const,
    ['cors', 'expose'] as const,
  ])('of %s.%s is the project’s own', (outer, key) => {
    for (const value of strange)
      for (const { wanted } of faultsOf(JSON.stringify({ routes: [{ [outer]: { [key]: value } }] }))) {
        expect(wanted).not.toMatch(foreign);
        expect(wanted).not.toBe('a value that is valid here');
      }
  });

  it.each(['routes: 1', 'routes: [1, null, a, [], true]', '[]', '1', 'a', 'null', 'other: 1'])(
    'of %j is the project’s own',
    (text) => {
      const faults = faultsOf(text);
      expect(faults.length).toBeGreaterThan(0);
      for (const { wanted } of faults) expect(wanted).not.toMatch(foreign);
    },
  );
});

describe('an upstream', () => {
  const rowWith = (upstream: string) =>
    JSON.stringify({ routes: [{ path: '/a', methods: ['GET'], guard: 'public', upstream }] });

  it.each([
    ['${ORGANIZER_URL}', 'https://organizer.example.com'],
    ['http://${HOST_OF_IT}:${PORT_OF_IT}', 'http://organizer:8080'],
    ['http://127.0.0.1:${PORT_OF_IT}', 'http://127.0.0.1:8080'],
  ])('accepts variables of the environment: %s', (upstream, wanted) => {
    expect(parse(rowWith(upstream))).toMatchObject({ ok: true, rows: [{ upstream: wanted }] });
  });

  it.each(['${NOPE}', 'http://${NOPE}:80', '${}', '${1A}', '${HOST_OF_IT:-x}', '${ HOST_OF_IT }'])(
    'names a variable that is not set: %s is one fault',
    (upstream) => {
      const [fault, ...others] = faultsOf(rowWith(upstream));
      expect(others).toEqual([]);
      expect(fault).toMatchObject({
        name: 'ROUTES_FILE.routes[0].upstream',
        seen: `${JSON.stringify(upstream)} (line 1)`,
        wanted: expect.stringContaining(/\$\{.*\}/.exec(upstream)?.[0] ?? ''),
      });
    },
  );

  it('is checked with the values of variables, which a fault shows if they form an address', () => {
    expect(faultsOf(rowWith('${PUBLIC_HTTP}'))).toMatchObject([
      { name: 'ROUTES_FILE.routes[0].upstream', seen: '"http://example.com" (line 1)' },
    ]);
    expect(JSON.stringify(faultsOf(rowWith('${WITH_USER}')))).not.toContain('hush');
    const [fault] = faultsOf(rowWith('${API_KEY}'));
    expect(fault).toMatchObject({ seen: '"${API_KEY}" (line 1)', wanted: expect.stringContaining('origin') });
  });

  it('replaces variables only in upstreams', () => {
    const text = rowWith('http://127.0.0.1:1').replace('"/a"', '"/${HOST_OF_IT}"');
    expect(faultsOf(text)).toMatchObject([{ name: 'ROUTES_FILE.routes[0].path' }]);
  });
});

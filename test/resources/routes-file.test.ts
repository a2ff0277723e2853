import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRoutes } from '../../src/resources/routes-file/parse-routes.ts';

const row = (changes: Readonly<Record<string, unknown>> = {}) => ({
  path: '/api/things',
  methods: ['GET'],
  upstream: 'http://127.0.0.1:4500',
  guard: 'public',
  ...changes,
});
const parse = (...rows: readonly unknown[]) =>
  parseRoutes(JSON.stringify({ routes: rows }), [], () => undefined);

/** The places of the faults, without the file's name. */
function faultsOf(...rows: readonly unknown[]): string[] {
  const parsed = parse(...rows);
  return parsed.ok ? [] : parsed.faults.map(({ name }) => name.replace('ROUTES_FILE.routes', ''));
}

describe('a routes file', () => {
  it('is YAML, with defaults for omitted keys', () => {
    const text = readFileSync('test/fixtures/routes.yaml', 'utf8');
    const parsed = parseRoutes(text, [], () => undefined);
    expect(parsed).toEqual({
      ok: true,
      rows: [
        {
          path: '/api/appointments',
          methods: ['GET', 'POST'],
          upstream: 'http://127.0.0.1:4500',
          rewrite: '/appointments',
          guard: { scopes: ['appointments'], user: true },
          token: 'user',
          audience: 'urn:organizer',
          timeout_ms: 5000,
          keep_alive_ms: 1500,
          retry: 1,
          max_body: 10 * 1024 * 1024,
          limit: { per_caller: { count: 600, windowS: 60 } },
          stream: true,
          websocket: false,
          framing: 'gateway',
          csrf: 'header',
        },
        {
          path: '/*',
          methods: ['GET'],
          upstream: 'http://frontend:8080',
          guard: 'public',
          token: 'none',
          timeout_ms: 5000,
          keep_alive_ms: 1500,
          retry: 0,
          max_body: 10 * 1024 * 1024,
          stream: false,
          websocket: false,
          framing: 'gateway',
          csrf: 'header',
        },
      ],
    });
  });

  it('reports all of its faults together, each with place, given value and expected value', () => {
    const parsed = parse(
      row({ methods: ['FETCH'], upstream: 'http://example.com', guard: undefined, timeout_ms: 0 }),
      row({ path: '/api/b', max_body: '10mb', colour: 'red', guard: { scopes: ['a b'], usr: true } }),
    );
    expect(parsed).toMatchObject({
      faults: [
        {
          name: 'ROUTES_FILE.routes[0].methods[0]',
          seen: '"FETCH" (line 1)',
          wanted: expect.stringMatching(/^GET/),
        },
        { name: 'ROUTES_FILE.routes[0].upstream', seen: '"http://example.com" (line 1)' },
        {
          name: 'ROUTES_FILE.routes[0].guard',
          seen: 'nothing (line 1)',
          wanted: expect.stringMatching(/^public/),
        },
        { name: 'ROUTES_FILE.routes[0].timeout_ms', seen: '0 (line 1)' },
        { name: 'ROUTES_FILE.routes[1].guard.scopes[0]', seen: '"a b" (line 1)' },
        { name: 'ROUTES_FILE.routes[1].guard.usr', seen: 'true (line 1)', wanted: 'no such key' },
        { name: 'ROUTES_FILE.routes[1].max_body', seen: '"10mb" (line 1)' },
        { name: 'ROUTES_FILE.routes[1].colour', seen: '"red" (line 1)', wanted: 'no such key' },
      ],
    });
  });

  it('that is not YAML is reported with the line', () => {
    const parsed = parseRoutes('routes:\n  - path: [\n', [], () => undefined);
    expect(parsed).toMatchObject({ ok: false });
    expect(JSON.stringify(parsed)).toMatch(/line \d, column \d/);
  });

  it.each([
    ['a key that comes twice', 'routes: []\nroutes: []\n'],
    ['a list', '[]'],
    ['nothing', ''],
    ['a text', 'routes'],
    [
      'too many aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(50)}]\nroutes: [${'*b,'.repeat(50)}]`,
    ],
    ['a custom tag', 'routes: !!js/function "x"'],
  ])('that is %s is refused', (_what, text) => {
    expect(parseRoutes(text, [], () => undefined).ok).toBe(false);
  });
});

describe('a row', () => {
  it.each([
    '/v1',
    '/v1/x',
    '/v1/*',
    '/.well-known/*',
    '/docs',
    '/problems/x',
    '/healthz',
    '/readyz',
    '/openapi.json',
  ])('must not use %s', (path) => expect(faultsOf(row({ path }))).toEqual(['[0].path']));

  it.each(['/v10', '/docs2', '/api/v1', '/', '/*', '/a/', '/caf%C3%A9', "/a-b_c.d~e!$&'()+,=:@f"])(
    'may claim %s',
    (path) => expect(faultsOf(row({ path }))).toEqual([]),
  );

  it.each([
    '',
    'a',
    '//a',
    '/a//b',
    '/a/../b',
    '/a/.',
    '/a%2fb',
    '/a%2Fb',
    '/%61',
    '/a?b',
    '/a#b',
    '/a b',
    '/a*',
    '/*/b',
    '/{a}',
    '/a;b',
    '/é',
    '/%C0%AE',
  ])('must not have the path %j', (path) => expect(faultsOf(row({ path }))).toEqual(['[0].path']));

  it.each([
    'https://api.example.com',
    'https://api.example.com:8443',
    'http://127.0.0.1:4500',
    'http://[::1]:4500',
    'http://localhost',
    'http://10.1.2.3',
    'http://192.168.0.1:80'.replace(':80', ''),
    'http://[fd00::1]',
    'http://organizer:8080',
    'http://organizer.default.svc.cluster.local',
    'http://api.internal',
  ])('may have the upstream %s', (upstream) => expect(faultsOf(row({ upstream }))).toEqual([]));

  it.each([
    'http://example.com',
    'http://8.8.8.8',
    'http://169.254.169.254',
    'https://169.254.169.254',
    'http://[fe80::1]',
    'http://[::ffff:169.254.169.254]',
    'http://0.0.0.0',
    'http://2130706433',
    'http://0x7f.1',
    'http://127.1',
    'https://user@example.com',
    'https://example.com/',
    'https://example.com/path',
    'https://example.com?x',
    'https://*.example.com',
    'https://EXAMPLE.com',
    'ftp://127.0.0.1',
    'unix:///run/x',
    '127.0.0.1:80',
    '//127.0.0.1',
    '',
  ])('must not have the upstream %s', (upstream) =>
    expect(faultsOf(row({ upstream }))).toEqual(['[0].upstream']),
  );

  it.each([
    ['max_body', ['0MB', '1.5MB', '10 MB', '10mb', '10', 10, '1TB', '-1kB', 'unlimited ']],
    ['timeout_ms', [0, -1, 1.5, '5s', 600_001]],
    ['keep_alive_ms', [0, -1, 1.5, '1s', 600_001]],
    ['pass_headers', [[], 'X-A', ['a b'], ['*'], ['X-A:']]],
    ['framing', ['none', true, 'SAMEORIGIN']],
    ['csrf', ['none', false, 'cookie']],
    ['login', ['401', true, '/login']],
    ['cors', [true, { allow: [] }, { allow: ['*'] }, { expose: ['a b'] }, { origins: ['*'] }]],
    ['retry', [2, -1, true, '1']],
    ['rewrite', ['x', '/a/../b', '/a*', '//x', 'http://other']],
    ['token', ['bearer', null]],
    ['methods', [[], ['GET', 'GET'], 'GET']],
    ['websocket', ['yes']],
    ['audience', ['', 'a b']],
    ['cookies', [[], ['__Host-gatehouse'], ['gatehouse'], ['gatehouse-tx-1']]],
  ])('accepts only a valid %s', (key, values) => {
    for (const value of values)
      expect(faultsOf(row({ [key]: value }))[0], JSON.stringify(value)).toMatch(
        new RegExp(`^\\[0\\].${key}`),
      );
  });

  it.each([
    [{ per_caller: '5/day' }],
    [{ per_caller: '0/s' }],
    [{ per_caller: '5' }],
    [{ per_user: '5/s' }],
    [{}],
  ])('accepts only a valid limit: %j', (limit) => {
    expect(faultsOf(row({ limit }))[0]).toMatch(/^\[0\]\.limit/);
  });

  it.each([
    ['a user’s token on a public row', { token: 'user' }, 'token'],
    ['a WebSocket without GET', { websocket: true, methods: ['POST'] }, 'methods'],
    ['a prefix whose rest would begin with two slashes', { path: '/a/*', rewrite: '/b/' }, 'rewrite'],
    ['a sign-in on a public row', { login: 'redirect' }, 'login'],
    ['a sign-in without GET', { login: 'redirect', guard: {}, methods: ['POST'] }, 'methods'],
    ['a guard for users and clients at once', { guard: { user: true, client: true } }, 'guard'],
  ])('cannot require %s', (_what, changes, key) => {
    expect(faultsOf(row(changes))).toEqual([`[0].${key}`]);
  });

  it.each([
    'Authorization',
    'cookie',
    'HOST',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Upgrade',
    'Forwarded',
    'X-Forwarded-For',
    'x_forwarded_proto',
    'X-Forwarded-Prefix',
    'X-User-Id',
    'X_Client_Id',
    'X-Request-Id',
    'traceparent',
    'Proxy-Authorization',
    'Access-Control-Allow-Origin',
    'Strict-Transport-Security',
    'X-Content-Type-Options',
    'X-Frame-Options',
  ])('cannot forward %s, which belongs to the gateway', (name) => {
    const parsed = parse(row({ pass_headers: ['X-Real-IP', name] }));
    expect(parsed).toMatchObject({
      ok: false,
      faults: [{ name: 'ROUTES_FILE.routes[0].pass_headers', wanted: expect.stringContaining(name) }],
    });
  });

  it.each([
    'X-Real-IP',
    'X-WEBAUTH-USER',
    'Remote-User',
    'X-HTTP-Method-Override',
    'Clear-Site-Data',
    'X-Custom',
  ])('can forward %s', (name) => expect(faultsOf(row({ pass_headers: [name] }))).toEqual([]));

  it.each([
    ['/api/users/:id', '/api/users/*'],
    ['/:tenant/users', '/*'],
    ['/api/:a/:b/*', '/api/*'],
  ])('with parameters such as %s gets the advice to use %s', (path, prefix) => {
    expect(parse(row({ path }))).toMatchObject({
      faults: [
        {
          name: 'ROUTES_FILE.routes[0].path',
          seen: `${JSON.stringify(path)} (line 1)`,
          wanted: expect.stringContaining(` ${prefix} `),
        },
      ],
    });
    expect(faultsOf(row({ path: '/api/*', rewrite: path.replace('/*', '') }))).toEqual(['[0].rewrite']);
  });

  it('must not have the path and method of another row', () => {
    expect(faultsOf(row(), row({ methods: ['POST'] }), row({ methods: ['PUT', 'POST'] }))).toEqual([
      '[2].path',
    ]);
    const taken = [{ method: 'GET', path: '/api/things' }] as const;
    expect(parseRoutes(JSON.stringify({ routes: [row()] }), taken, () => undefined)).toMatchObject({
      faults: [
        { seen: '"GET /api/things" (line 1)', wanted: expect.stringContaining('a route of the gateway') },
      ],
    });
  });
});

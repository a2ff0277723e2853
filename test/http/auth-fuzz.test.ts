import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { longSessions, signInUser } from '../session/support/person.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';

const SEED = 20_260_131;
const RUNS = 400;

let world: World;
let ticket: string;
beforeAll(async () => {
  world = await startWorld(longSessions);
  const browser = await signInUser(world.url, 'fuzz@example.com');
  ticket = browser.cookies.get('gatehouse') ?? '';
});
afterAll(() => world.close());

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, unknown>>;
};
const routes = Object.entries(paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, item]) => Object.keys(item).map((method) => [method.toUpperCase(), path] as const));

const keys = [
  'email',
  'username',
  'password',
  'mode',
  'scope',
  'audience',
  'refresh_token',
  'code',
  'redirect_uri',
  'code_verifier',
  'nonce',
  'return_to',
  'federated',
  'connection',
  'max_age',
  'prompt',
  'logout_token',
  'mfa_handle',
  'grant_type',
  'client_id',
  'client_secret',
  '__proto__',
  'constructor',
  'toString',
  '',
];
/** Text for a header or a form: every byte that passes the parser. */
const bytes = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code === 0x7f ? 0x20 : code)),
  maxLength: 80,
});
const word = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '//x',
    '/a%00',
    'session',
    'token',
    'none',
    'a@b.cd',
    '../..',
    'http://[',
    '1e999',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.base64String({ maxLength: 200 }),
);
const json = fc.oneof(
  fc.dictionary(fc.constantFrom(...keys), fc.oneof(word, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 5 }),
  fc.jsonValue({ maxDepth: 4 }),
);
const cookie = fc.array(
  fc.oneof(
    bytes,
    bytes.map((value) => `gatehouse=${value}`),
    fc.constantFrom('gatehouse', 'gatehouse=', 'gatehouse-tx-=', '__proto__=x', ';;', '=', 'T'),
    fc.tuple(bytes, bytes).map(([name, value]) => `gatehouse-tx-${name}=${value}`),
  ),
  { maxLength: 4 },
);
const headers = fc.array(
  fc.tuple(
    fc.constantFrom(
      'Authorization',
      'Origin',
      'Sec-Fetch-Site',
      'X-CSRF',
      'Accept',
      'Purpose',
      'Sec-Purpose',
      'X-MFA-Handle',

      'X-Forwarded-For',
      'Forwarded',
      'User-Agent',
      'X-Request-Id',
      '__proto__',
      'constructor',
      'If-None-Match',
    ),
    fc.oneof(
      bytes,
      fc.constantFrom('1', 'null', 'cross-site', 'Bearer', 'Bearer x', 'Basic eDp5', 'text/html'),
    ),
  ),
  { maxLength: 5 },
);
const query = fc.array(
  fc.tuple(fc.constantFrom(...keys, 'state', 'sid', 'to', 'iss', 'error', 'touch', 'keep'), word),
  {
    maxLength: 4,
  },
);

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function toBytes(body: unknown, isForm: boolean): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (!isForm) return Buffer.from(JSON.stringify(body));
  const fields = Object.entries(Object(body) as object).map(([name, value]): [string, string] => [
    name.toWellFormed(),
    toText(value).toWellFormed(),
  ]);
  return Buffer.from(new URLSearchParams(fields).toString());
}

it('no input makes a route below /v1 fail: every response is documented', async () => {
  expect(routes.length).toBeGreaterThan(12);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      fc.constantFrom('', '', 'HEAD', 'PATCH', 'DELETE', 'PUT'),
      query,
      cookie,
      headers,
      fc.option(json, { nil: undefined }),
      fc.boolean(),
      async ([method, path], otherMethod, parameters, cookies, lines, body, isForm) => {
        const search = new URLSearchParams(
          parameters.map(([name, value]): [string, string] => [name, value.toWellFormed()]),
        ).toString();
        const target = `${path.replaceAll(/\{\w+\}/g, 'an-id')}${search && `?${search}`}`;
        const text = toBytes(body, isForm);
        const head = [
          `${otherMethod || method} ${target} HTTP/1.1`,
          'Host: localhost',
          'Connection: close',
          `Content-Type: ${isForm ? 'application/x-www-form-urlencoded' : 'application/json'}`,
          `Content-Length: ${text.length}`,
          ...(cookies.length > 0
            ? [`Cookie: ${cookies.map((one) => (one === 'T' ? `gatehouse=${ticket}` : one)).join('; ')}`]
            : []),
          ...lines.map(([name, value]) => `${name}: ${value}`),
        ];
        const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), text]);
        const [answer] = await sendRawRequest(world.gateway.port, request, 10_000);
        expect(answer?.status).toBeGreaterThanOrEqual(200);
        expect([target, answer?.body, (answer?.status ?? 500) < 500]).toEqual([target, answer?.body, true]);
        expect(answer?.head).toMatch(/cache-control: no-store/i);
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
  expect(world.lines.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
  expect(world.lines.filter(({ level }) => level === 'fatal')).toEqual([]);
}, 120_000);

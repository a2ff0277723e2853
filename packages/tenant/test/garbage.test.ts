import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, directory, realmGrant, testSeed } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const paths = [
  '/oauth/token',
  '/oauth/revoke',
  '/userinfo',
  '/dbconnections/signup',
  '/dbconnections/change_password',
];
const grantTypes = [
  'password',
  'client_credentials',
  'refresh_token',
  'http://auth0.com/oauth/grant-type/password-realm',
];
const words = (text: string): string[] => text.trim().split(/\s+/);
const names = words(`
  grant_type client_id client_secret client_assertion client_assertion_type username email password realm
  connection audience scope refresh_token token user_metadata phone_number access_token name picture
  __proto__ constructor toString
`);

/** Values that pass the first check often enough, and others that do not. */
const likely = fc.constantFrom(
  ...grantTypes,
  ...testSeed.clients.map((client) => client.client_id),
  ...words(`${directory} careful urn:maps urn:rbac ann@example.com Correct-Horse-1 +15550100200 %00`),
  'openid offline_access',
  'a:b c/%é',
  '',
  '\0',
  '\ud800',
  'x'.repeat(5000),
);
const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const value = fc.oneof({ weight: 4, arbitrary: likely }, fc.string({ unit: 'binary' }), fc.jsonValue());
const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
const header = fc.option(
  fc.constantFrom('Basic', 'Basic !!', 'Basic Og==', 'Basic c3RyaWN0OiU=', 'Bearer', 'Bearer a.b.c'),
  {
    nil: undefined,
  },
);

describe.each(stores)('garbage on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  it('no form or JSON body causes a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        body,
        header,
        fc.boolean(),
        async (path, members, auth, asForm) => {
          const headers = auth === undefined ? {} : { authorization: auth };
          const texts = Object.entries(members).map(([name, member]): [string, string] => [
            name,
            toText(member),
          ]);
          const answer = await t.post(path, asForm ? new URLSearchParams(texts) : JSON.stringify(members), {
            ...(!asForm && { 'content-type': 'application/json' }),
            ...headers,
          });
          expect([path, answer.status < 500]).toEqual([path, true]);
        },
      ),
      { numRuns: 400 },
    );
    expect(t.warnings).toEqual([]);
  });

  it('a valid request with some invalid members causes no 5xx', async () => {
    const strict = t.tenant.credentials('strict');
    const user = { username: 'ann@example.com', password: 'Correct-Horse-1', scope: 'openid offline_access' };
    const connection = 'careful';
    const good: readonly (readonly [path: string, members: object])[] = [
      [
        '/oauth/token',
        { ...t.tenant.credentials('machine'), grant_type: 'client_credentials', audience: api },
      ],
      ['/oauth/token', { ...strict, ...user, grant_type: realmGrant, realm: directory, audience: api }],
      ['/oauth/token', { ...strict, ...user, grant_type: 'password' }],
      ['/oauth/token', { ...strict, grant_type: 'refresh_token', refresh_token: 'x' }],
      ['/oauth/revoke', { ...strict, token: 'x' }],
      ['/dbconnections/signup', { client_id: 'strict', connection, email: 'a@example.com', password: 'pw' }],
      ['/dbconnections/change_password', { connection: directory, email: 'ann@example.com' }],
    ];
    const invalidMembers = fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 2 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...good), invalidMembers, async ([path, members], changes) => {
        const answer = await t.post(path, { ...members, ...changes });
        expect([path, answer.status < 500]).toEqual([path, true]);
      }),
      { numRuns: 150 },
    );
    expect(t.warnings).toEqual([]);
  });

  it.each([
    ['broken JSON', 'application/json', '{"a":'],
    ['a JSON list', 'application/json', '[1]'],
    ['JSON null', 'application/json', 'null'],
    ['an unknown charset', 'application/json; charset=x-nope', '{}'],
    ['another type', 'text/plain', 'hello'],
    ['a form with a thousand fields and more', 'application/x-www-form-urlencoded', 'a=1&'.repeat(2000)],
    ['broken percent signs', 'application/x-www-form-urlencoded', 'grant_type=%E0%A4&client_id=%'],
    ['one parameter twice', 'application/x-www-form-urlencoded', 'grant_type=password&grant_type=password'],
  ])('%s answers 4xx in the OAuth format', async (_name, type, text) => {
    const answer = await t.post('/oauth/token', text, { 'content-type': type });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json.error).toBeTypeOf('string');
  });

  it('a body that is too large answers 413', async () => {
    const answer = await t.post('/oauth/token', { grant_type: 'x'.repeat(200_000) });
    expect(answer.status).toBe(413);
  });

  it('a path that is not UTF-8 answers 4xx', async () => {
    expect((await t.get('/%E0%A4%A')).status).toBe(404);
    expect((await t.get('/oauth/token?%E0%A4%A')).status).toBe(405);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantDocument } from '../src/transfer/tenant-document.ts';
import { createBrowser } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { totpSecret } from './support/mfa.ts';
import { directory, password, realmGrant } from './support/seed.ts';
import { answerOf, authorizeUrl, challenge, signInBy } from './support/sign-in-flow.ts';
import {
  type Answer,
  startTestTenant,
  stores,
  type TestTenant,
  textOf,
} from './support/start-test-tenant.ts';

const grantTypes = ['password', realmGrant, 'refresh_token'];
const seed = {
  ...browserSeed,
  guardian: { policies: [] },
  clients: [...browserSeed.clients, { client_id: 'plain', grant_types: grantTypes }],
  users: [
    ...browserSeed.users,
    { user_id: 'totp', email: 'totp@example.com', password, mfa: { totp_secret: totpSecret } },
  ],
};
const strict = { client_id: 'tpc_open', audience: 'urn:organizer', scope: 'contacts', ...challenge };

const exportOf = async (t: TestTenant, query = ''): Promise<Answer> => t.get(`/_tenant/export${query}`);
const signIn = (t: TestTenant, more: Record<string, unknown> = {}): Promise<Answer> =>
  t.token('plain', {
    grant_type: realmGrant,
    realm: directory,
    username: 'ann@example.com',
    password,
    audience: 'urn:organizer',
    scope: 'contacts offline_access',
    ...more,
  });
const refresh = (t: TestTenant, refresh_token: unknown): Promise<Answer> =>
  t.token('plain', { grant_type: 'refresh_token', refresh_token });

describe.each(stores)('a whole tenant, from one on %s', (store) => {
  let from: ManagedTenant;
  let to: TestTenant;
  let exported: Answer;
  beforeAll(async () => {
    [from, to] = await Promise.all([startManagedTenant(store, seed), startTestTenant(store, {})]);
    // Data of users and administrators: consents, changed settings, users of the API.
    const browser = createBrowser();
    await browser.submit(await signInBy(browser, from, strict), { action: 'accept' });
    const { management } = from;
    await management.clients.create({
      name: 'Made later',
      sso: true,
      callbacks: ['https://later.example/cb'],
    });
    await management.users.create({
      connection: directory,
      email: 'later@example.com',
      password,
      user_metadata: { nested: { list: [1, null, 'ü'] } },
    });
    await management.tenants.settings.update({ friendly_name: 'Moved', support_email: 'a@example.com' });
    await signIn(from);
    exported = await exportOf(from);
    expect((await to.post('/_tenant/import', exported.text)).status).toBe(415);
    const headers = { 'content-type': 'application/json' };
    expect(await to.post('/_tenant/import', exported.text, headers)).toMatchObject({ status: 200 });
  });
  afterAll(async () => {
    await Promise.all([from.close(), to.close()]);
  });

  it('is byte-identical after an import at another address', async () => {
    const again = await exportOf(to);
    expect(again.text).toBe(exported.text);
    expect(again.text).not.toContain(from.tenant.domain);
    expect(again.headers.get('cache-control')).toBe('no-store');
    const document = exported.json as unknown as TenantDocument;
    expect(document.consents).toHaveLength(1);
    expect(document.authenticators.map(({ user_id }) => user_id)).toContain('auth0|totp');
    expect(document.clients.at(-1)).toMatchObject({ name: 'Made later', extra: { sso: true } });
  });

  it('keeps its users: they sign in with their second factor, and their consents stay valid', async () => {
    expect((await signIn(to)).status).toBe(200);
    expect((await signIn(to, { username: 'later@example.com' })).status).toBe(200);
    expect((await signIn(to, { password: 'wrong' })).status).toBe(403);
    expect((await signIn(to, { username: 'totp@example.com' })).json.error).toBe('mfa_required');
    const browser = createBrowser();
    expect(answerOf(await signInBy(browser, to, strict))).toEqual({ code: expect.any(String) });
    expect((await browser.open(authorizeUrl(to, strict))).status).toBe(302);
  });

  it('contains no tokens and sessions, and keys only on request', async () => {
    const { json } = await signIn(from);
    expect((await refresh(to, json.refresh_token)).json.error).toBe('invalid_grant');
    expect(exported.text).not.toContain('PRIVATE KEY');
    const keysOf = async (t: TestTenant) => (await t.get('/.well-known/jwks.json')).json;
    expect(await keysOf(to)).not.toEqual(await keysOf(from));
    const withKeys = await exportOf(from, '?with_keys=true');
    const other = await startTestTenant(store, {});
    expect(await other.post('/_tenant/import', withKeys.json)).toMatchObject({ status: 200 });
    expect(await keysOf(other)).toEqual(await keysOf(from));
    // It signs with them at once.
    const keySet = createRemoteJWKSet(new URL(`${from.tenant.origin}/.well-known/jwks.json`));
    const token = textOf(await signIn(other), 'access_token');
    expect((await jwtVerify(token, keySet)).payload.iss).toBe(other.tenant.issuer);
    await other.close();
  });

  it('is refused with errors: all are reported, and nothing has changed', async () => {
    const before = (await exportOf(to)).text;
    const document = exported.json as unknown as TenantDocument;
    const [user] = document.users;
    const faulty = {
      ...document,
      colour: 'red',
      clients: document.clients.map((client) => ({ ...client, app_typ: 'spa' })),
      users: [{ ...user, email_verified: 'yes' }],
      credentials: [{ user_id: user?.user_id, hash: 'plain', previous: [] }],
    };
    const { status, json } = await to.post('/_tenant/import', faulty);
    expect(status).toBe(400);
    const faults = (json.faults as string[]).join('\n');
    for (const fault of ['colour', 'app_typ', 'users.0.email_verified', 'credentials.0.hash'])
      expect(faults).toContain(fault);
    const contradictory = {
      ...document,
      users: [...document.users, ...document.users.slice(0, 1)],
      connections: [],
      consents: [{ id: 'c', user_id: 'auth0|nobody', client_id: 'nothing', audience: 'x', scope: [] }],
      resource_servers: [],
      signing_keys: [],
    };
    const second = await to.post('/_tenant/import', contradictory);
    for (const fault of [
      'is duplicated',
      'no user auth0|nobody',
      'Management API',
      'exactly one must be current',
    ])
      expect((second.json.faults as string[]).join('\n')).toContain(fault);
    for (const body of [{}, [], { ...document, gatehouse_tenant: 2 }])
      expect((await to.post('/_tenant/import', body)).status).toBe(400);
    expect((await exportOf(to)).text).toBe(before);
  });

  it('is refused with unusable keys, or with private members in a public key', async () => {
    const before = (await exportOf(to, '?with_keys=true')).text;
    const document = (await exportOf(from, '?with_keys=true')).json as unknown as TenantDocument;
    const keys = document.signing_keys ?? [];
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const short = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const [one, other] = keys;
    const faulty = [
      { public_jwk: {} },
      { public_jwk: { ...one?.public_jwk, d: 'secret' } },
      { public_jwk: other?.public_jwk },
      { private_pem: other?.private_pem },
      { private_pem: short },
      { cert_pem: other?.cert_pem },
      { cert_pem: 'no certificate' },
    ];
    for (const fault of faulty) {
      const signing_keys = [{ ...one, ...fault }, ...keys.slice(1)];
      const { status, json } = await to.post('/_tenant/import', { ...document, signing_keys });
      expect([status, json.faults]).toEqual([
        400,
        expect.arrayContaining([expect.stringContaining('signing_keys.0')]),
      ]);
    }
    expect((await exportOf(to, '?with_keys=true')).text).toBe(before);
  });

  it('imported many times in parallel with sign-ups, is consistent', async () => {
    const signUp = (n: number) =>
      to.post('/dbconnections/signup', {
        client_id: 'web',
        connection: directory,
        email: `between-${n}@example.com`,
        password,
      });
    const work = Array.from({ length: 6 }, (_, n) => [to.post('/_tenant/import', exported.json), signUp(n)]);
    const answers = await Promise.all(work.flat());
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await to.post('/_tenant/import', exported.json)).status).toBe(200);
    expect((await exportOf(to)).text).toBe(exported.text);
  });

  it('may exceed the body limit of other changes', async () => {
    const document = exported.json as unknown as TenantDocument;
    const [user] = document.users;
    const users = Array.from({ length: 300 }, (_, n) => ({
      ...user,
      user_id: `auth0|many-${n}`,
      email: `many-${n}@example.com`,
      user_metadata: { text: 'x'.repeat(8000) },
    }));
    const large = {
      ...document,
      users,
      credentials: [],
      authorizations: [],
      authenticators: [],
      consents: [],
    };
    const other = await startTestTenant(store, {});
    expect((await other.post('/_tenant/import', large)).json).toMatchObject({ users: 300 });
    await other.close();
  });
});

it('another site can neither read an export nor import one', async () => {
  const t = await startTestTenant('memory', {});
  const headers = { origin: 'https://evil.example' };
  expect((await t.get('/_tenant/export', headers)).status).toBe(403);
  expect((await t.post('/_tenant/import', {}, headers)).status).toBe(403);
  expect((await t.post('/_tenant/reset', {}, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  await t.close();
});

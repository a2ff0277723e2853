import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { maskBody, maskQuery } from '../src/control/mask.ts';
import { type Shell, startShell } from './control-harness.ts';

const canary = 'CANARY';
const secret = (name: string) => `${canary}-${name}`;
const secretNames = `password client_secret access_token refresh_token id_token token code code_verifier otp
  binding_code oob_code recovery_code mfa_token subject_token actor_token assertion client_assertion request
  id_token_hint login_ticket ticket secret totp_secret private_key key signature state nonce session cookie
  authorization api_key new_password something_new`.split(/\s+/);
const secrets = Object.fromEntries(secretNames.map((name) => [name, secret(name)]));

let shell: Shell;

beforeEach(async () => {
  shell = await startShell();
});
afterEach(() => shell.close());

const recorded = async () => (await shell.call('GET', '/_tenant/requests')).body;
const form = (fields: Record<string, string>) =>
  shell.call('POST', '/oauth/token', new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

it('no secret is shown from query, form, JSON, nested JSON or headers', async () => {
  const query = new URLSearchParams(secrets).toString();
  await shell.call('POST', `/oauth/token?${query}`, secrets);
  await form(secrets);
  await shell.call('POST', '/api/v2/users', {
    user: { credentials: [secrets, [secrets]], user_metadata: secrets },
  });
  await shell.call('POST', '/api/v2/users', {
    password: [secret('list')],
    code: { deep: secret('deep') },
    otp: 123456,
  });
  await shell.call('GET', '/userinfo', undefined, {
    authorization: `Bearer ${secret('bearer')}`,
    cookie: `auth0=${secret('cookie')}`,
    dpop: secret('dpop'),
    'x-api-key': secret('header'),
    'user-agent': `agent eyJhbGciOiJIUzI1NiJ9.${secret('agent')}`,
  });
  await shell.call('GET', '/userinfo', undefined, { authorization: `Basic ${secret('basic')}` });
  await shell.call('GET', '/userinfo', undefined, { authorization: secret('bare') });
  await shell.call('GET', '/userinfo', undefined, { authorization: `${secret('scheme')} x` });
  const shown = JSON.stringify(await recorded());
  expect(shown).not.toContain(canary);
  expect(shown).not.toContain('123456');
  expect(await recorded()).toHaveLength(8);
});

it('a secret in a shown parameter is masked', async () => {
  const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(secret('jwt')).toString('base64url')}.c2lnbmF0dXJl`;
  await form({ audience: jwt, scope: `openid ${jwt}`, username: 'x'.repeat(50) });
  await form({ redirect_uri: `https://user:${canary}@app.example/cb?code=${canary}#access_token=${canary}` });
  await form({ [JSON.stringify({ client_secret: canary })]: '' });
  await shell.call('GET', `/u/reset/${canary}${'a1'.repeat(20)}`);
  await shell.call('POST', '/x', `"${canary}"`);
  await shell.call('POST', '/x', [canary]);
  const shown = JSON.stringify(await recorded());
  expect(shown).not.toContain(canary);
  expect(shown).not.toContain('eyJ');
  expect(shown).not.toContain('x'.repeat(50));
});

it('the request is shown with its status and the tenant time', async () => {
  shell.clock.offsetS = 86_400 * 365 * 10;
  const asked = {
    grant_type: 'password',
    client_id: 'host',
    username: 'ann@example.com',
    audience: 'urn:maps',
  };
  await form({ ...asked, password: secret('password') });
  const [entry] = await recorded();
  expect(entry).toMatchObject({
    method: 'POST',
    path: '/oauth/token',
    status: 200,
    query: {},
    body: { ...asked, password: '***' },
  });
  expect(Date.parse(entry.at)).toBeLessThanOrEqual(shell.clock.now());
  expect(Date.parse(entry.at)).toBeGreaterThan(shell.clock.now() - 60_000);
});

it('an entry is listed once its response is complete, for parallel requests too', async () => {
  await Promise.all(
    Array.from({ length: 30 }, async (_none, index) => {
      await shell.call('GET', `/many?page=${index}`);
      const found = (await recorded()).find(
        (entry: { query: { page: string } }) => entry.query.page === String(index),
      );
      expect(found).toMatchObject({ method: 'GET', path: '/many', status: 200 });
    }),
  );
});

it('a request without a response has no status', async () => {
  await shell.call('PUT', '/_tenant/faults', [{ method: 'GET', path: '/gone', reset: true, times: 1 }]);
  await expect(shell.call('GET', '/gone')).rejects.toThrow();
  const [entry] = await recorded();
  expect(entry).toMatchObject({ method: 'GET', path: '/gone' });
  expect(entry).not.toHaveProperty('status');
});

it('only the latest 200 are kept, oldest first, without control requests', async () => {
  for (let batch = 0; batch < 10; batch += 1) {
    await Promise.all(Array.from({ length: 25 }, () => shell.call('GET', `/batch?page=${batch}`)));
  }
  const entries: { path: string; query: { page: string } }[] = await recorded();
  expect(entries).toHaveLength(200);
  expect(entries.every(({ path }) => path === '/batch')).toBe(true);
  expect([entries.at(0)?.query.page, entries.at(-1)?.query.page]).toEqual(['2', '9']);
});

it('no body makes the masking fail or shows a value of an unlisted name', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      expect(() => JSON.stringify(maskBody(body))).not.toThrow();
    }),
    { numRuns: 300, seed: 9 },
  );
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 6 }), (path) => {
      const nested = path.reduceRight<unknown>((inner, name) => ({ [`x${name}`]: inner }), canary);
      expect(JSON.stringify(maskBody(nested)) ?? '').not.toContain(canary);
    }),
    { numRuns: 300, seed: 9 },
  );
  fc.assert(
    fc.property(fc.string(), (query) => {
      expect(() => maskQuery(query)).not.toThrow();
      expect(JSON.stringify(maskQuery(`${query}&zz=${canary}`))).not.toContain(canary);
    }),
    { numRuns: 300, seed: 9 },
  );
});

it('a body of great depth or width stays small', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 5_000; level += 1) deep = { deep };
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_none, index) => [`n${index}`, 'x']));
  for (const body of [deep, wide, { scope: 'x y '.repeat(100_000) }]) {
    expect(JSON.stringify(maskBody(body)).length).toBeLessThan(2_000);
  }
});

import { X509Certificate } from 'node:crypto';
import { importJWK, type JWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';

type Jwk = JWK & { kid: string; x5c: string[] };

describe.each(stores)('keys and discovery on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const jwks = async (): Promise<Jwk[]> => {
    const { json } = await t.get('/.well-known/jwks.json');
    return json.keys as Jwk[];
  };
  const machineToken = async (): Promise<string> => {
    const answer = await t.token('courier', { grant_type: 'client_credentials', audience: api });
    return textOf(answer, 'access_token');
  };
  const verifies = async (token: string): Promise<boolean> => {
    const keys = await jwks();
    const attempts = keys.map(async (key) => jwtVerify(token, await importJWK(key, 'RS256')));
    return (await Promise.allSettled(attempts)).some((attempt) => attempt.status === 'fulfilled');
  };

  it('D01: the issuer ends in a slash, and the listed endpoints are served', async () => {
    const { json, headers } = await t.get('/.well-known/openid-configuration');
    expect(headers.get('content-type')).toContain('application/json');
    expect(json.issuer).toBe(`https://${t.tenant.domain}/`);
    const listed = Object.entries(json).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(Object.fromEntries(listed)).toMatchObject({
      token_endpoint: `${t.tenant.issuer}oauth/token`,
      revocation_endpoint: `${t.tenant.issuer}oauth/revoke`,
      userinfo_endpoint: `${t.tenant.issuer}userinfo`,
      jwks_uri: `${t.tenant.issuer}.well-known/jwks.json`,
    });
    for (const [, url] of listed) {
      const path = new URL(String(url)).pathname;
      expect([path, (await t.get(path)).status]).not.toEqual([path, 404]);
    }
    expect(json.token_endpoint_auth_methods_supported).toContain('private_key_jwt');
  });

  it('D02: the key set has the current and the next key, certificates, and no private members', async () => {
    const keys = await jwks();
    expect(keys).toHaveLength(2);
    expect(keys[0]?.kid).toBe(t.tenant.context.keys.current().kid);
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t']);
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
      const certificate = new X509Certificate(Buffer.from(key.x5c[0] ?? '', 'base64'));
      expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n: key.n, e: key.e });
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(key.x5t).toBe(
        Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url'),
      );
    }
  });

  it('rotation makes the next key sign, and keeps the previous one listed', async () => {
    const [current, next] = (await jwks()).map((key) => key.kid);
    const old = await machineToken();
    await t.post('/_tenant/keys/rotate', {});
    const rotated = (await jwks()).map((key) => key.kid);
    expect(rotated).toHaveLength(3);
    expect(rotated[0]).toBe(next);
    expect(rotated).toContain(current);
    expect(await verifies(old)).toBe(true);
    expect(await verifies(await machineToken())).toBe(true);
  });

  it('a revoked key verifies nothing, and another key signs', async () => {
    const old = await machineToken();
    const { keys } = t.tenant.context;
    expect(await keys.remove(keys.current().kid)).toBe(true);
    expect(await verifies(old)).toBe(false);
    expect(await verifies(await machineToken())).toBe(true);
    expect(await keys.remove('no-such-key')).toBe(false);
    expect(keys.list().filter((key) => key.state === 'next')).toHaveLength(1);
  });

  it('parallel rotations leave one current and one next key', async () => {
    const { keys } = t.tenant.context;
    await Promise.all([keys.rotate(), keys.rotate(), keys.rotate()]);
    const states = keys.list().map((key) => key.state);
    expect(states.filter((state) => state === 'current')).toHaveLength(1);
    expect(states.filter((state) => state === 'next')).toHaveLength(1);
    expect(await verifies(await machineToken())).toBe(true);
  });

  it('TT01: a day later the token has expired, and a new one is of the new day', async () => {
    const token = await machineToken();
    const key = t.tenant.context.keys.current().publicKey;
    await t.post('/_tenant/clock', { offset_s: 86_401 });
    const currentDate = new Date(t.clock.now());
    await expect(jwtVerify(token, key, { currentDate })).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    const { payload } = await jwtVerify(await machineToken(), key, { currentDate });
    expect(Math.abs((payload.iat ?? 0) - t.clock.now() / 1000)).toBeLessThan(5);
    await t.post('/_tenant/clock', { offset_s: 0 });
  });

  it('FI01: an injected 429 is returned once, then 200', async () => {
    const ask = () => t.token('courier', { grant_type: 'client_credentials', audience: api });
    const put = await fetch(`${t.tenant.origin}/_tenant/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ method: 'POST', path: '^/oauth/token$', status: 429, times: 1 }]),
    });
    expect(put.status).toBe(200);
    expect([(await ask()).status, (await ask()).status]).toEqual([429, 200]);
  });

  it('the inbox, the requests and the keys are visible in the control API', async () => {
    await t.post('/dbconnections/change_password', {
      connection: 'Username-Password-Authentication',
      email: 'ann@example.com',
    });
    const inbox = JSON.parse((await t.get('/_tenant/inbox?to=ann@example.com')).text) as unknown[];
    expect(inbox).toEqual([expect.objectContaining({ to: 'ann@example.com', kind: 'reset_password' })]);
    const requests = await t.get('/_tenant/requests');
    expect(requests.text).toContain('/dbconnections/change_password');
  });

  it('an unknown path answers 404, another method 405 with Allow', async () => {
    expect((await t.get('/no/such/thing')).status).toBe(404);
    const answer = await t.get('/oauth/token');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { type KeyServer, startKeyServer } from './support/key-server.ts';
import { clientId, goodClaims, issuer, makeRsaKey, makeToken } from './support/signer.ts';

const key = makeRsaKey('k1');
const claims = { aud: 'urn:worldmappers', scope: 'geocode:location' };
const good = makeToken(key, goodClaims(claims));
let tenant: KeyServer;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  tenant = await startKeyServer(issuer, [key.jwk]);
  tenant.brokenDiscovery = (_, response) => response.writeHead(503).end();
  const link = { issuer, baseUrl: tenant.url, clientId, credential: { secret: 'a-secret-of-the-tests' } };
  gateway = await startGatewayUnderTest({}, link);
});
afterAll(async () => {
  await gateway.close();
  await tenant.close();
});

const get = (path: string, token?: string): Promise<Response> =>
  fetch(gateway.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
const geocode = (token?: string): Promise<Response> => get('/api/location/geocode?q=Oslo', token);

describe('a complete gateway', () => {
  it('without keys is alive but not ready, answers bearer calls 503, and recovers by itself', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(503);
    const answer = await geocode(good);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.has('www-authenticate')).toBe(false);
    expect(await answer.json()).toMatchObject({ code: 'tenant_unavailable', retry_after: 5 });

    tenant.brokenDiscovery = undefined;
    await expect.poll(async () => (await geocode(good)).status, { timeout: 6000 }).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
  });

  it('forbids caching of refusals', async () => {
    const refusals = [
      [401, undefined],
      [401, 'rubbish'],
      [403, makeToken(key, goodClaims({ ...claims, scope: 'openid' }))],
    ] as const;
    for (const [status, token] of refusals) {
      const answer = await geocode(token);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('serves the metadata that its challenges refer to', async () => {
    const challenge = (await geocode()).headers.get('www-authenticate') ?? '';
    const metadata = new URL(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
    const answer = await get(metadata.pathname);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      authorization_servers: [issuer],
      scopes_supported: ['geocode:location'],
    });
  });

  it('logs why a token was refused, and neither the token nor its subject', async () => {
    const expired = makeToken(key, goodClaims({ ...claims, sub: 'auth0|canary-7', iat: 1, exp: 2 }));
    await geocode(expired);
    await expect.poll(() => gateway.logText()).toContain('"reason":"expired"');
    expect(gateway.logText()).not.toContain(expired.split('.')[1]);
    expect(gateway.logText()).not.toContain(expired.split('.')[2]);
    expect(gateway.logText()).not.toContain('canary-7');
  });
});

import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { IssuerMismatch } from '../../src/bearer/jwks-source.ts';
import { call } from './support/call.ts';
import { type KeyServer, startKeyServer } from './support/key-server.ts';
import { issuer, makeRsaKey, makeToken } from './support/signer.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const jwks = JSON.stringify({ keys: [key.jwk] });
let world: World | undefined;
let tenant: KeyServer | undefined;
let app: TestApp | undefined;

afterEach(async () => {
  await world?.close();
  await app?.close();
  await tenant?.close();
  world = tenant = app = undefined;
});

const startCold = async (): Promise<World> => {
  world = await startWorld([key], { start: false });
  return world;
};
const statusOf = async ({ url }: { url: string }): Promise<number> =>
  (await call(url, makeToken(key))).status;

describe('a cold start', () => {
  it('without the tenant answers 503 with Retry-After and no challenge, and recovers by itself within 5 s', async () => {
    const probe = await startKeyServer(issuer, [key.jwk]);
    const port = Number(new URL(probe.url).port);
    await probe.close();
    app = await startTestApp({ baseUrl: probe.url, rows: { '/open': { rule: {} } } });
    const url = `${app.url}/open`;
    expect(app.keys.ready).toBe(false);
    const answer = await call(url, makeToken(key));
    expect(answer).toMatchObject({
      status: 503,
      code: 'tenant_unavailable',
      retryAfter: '5',
      challenge: undefined,
    });
    expect((await call(url)).status).toBe(401);
    expect((await call(url, 'rubbish')).status).toBe(401);

    tenant = await startKeyServer(issuer, [key.jwk], port);
    const began = performance.now();
    await expect.poll(() => statusOf({ url }), { timeout: 6000, interval: 50 }).toBe(200);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(app.keys.ready).toBe(true);
  });

  it('with a hanging tenant recovers within 5 s after it', async () => {
    const { tenant: slow, app: cold, url } = await startCold();
    slow.brokenDiscovery = () => {};
    await cold.keys.start();
    expect(cold.keys.ready).toBe(false);
    expect(cold.keys.stats().failures).toBe(1);
    await expect.poll(() => cold.keys.stats().fetches, { timeout: 3000 }).toBe(2);
    slow.brokenDiscovery = undefined;
    const began = performance.now();
    await expect.poll(() => statusOf({ url }), { timeout: 6000, interval: 50 }).toBe(200);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('with 100 parallel requests makes one fetch, and answers them all', async () => {
    const cold = await startCold();
    const started = cold.app.keys.start();
    const statuses = await Promise.all(Array.from({ length: 100 }, () => statusOf(cold)));
    await started;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(cold.tenant.fetches).toBe(1);
  });

  it('logs what failed, and how often in a row', async () => {
    const { tenant: broken, app: cold } = await startCold();
    broken.brokenDiscovery = (_, response) => response.writeHead(503).end();
    await cold.keys.start();
    await expect.poll(() => cold.events.length, { timeout: 3000 }).toBeGreaterThan(1);
    expect(cold.events.slice(0, 2)).toMatchObject([
      { type: 'fetch_failed', failures: 1 },
      { type: 'fetch_failed', failures: 2 },
    ]);
  });
});

describe('discovery', () => {
  it.each([
    ['another issuer', 'https://evil.test/'],
    ['the issuer without its slash', issuer.slice(0, -1)],
    ['the issuer in capitals', issuer.toUpperCase()],
  ])('with %s prevents the start, and no key is used', async (_, named) => {
    const cold = await startCold();
    cold.tenant.issuer = named;
    await expect(cold.app.keys.start()).rejects.toThrow(IssuerMismatch);
    expect(cold.app.keys.ready).toBe(false);
    expect(cold.tenant.fetches).toBe(0);
    expect(await statusOf(cold)).toBe(503);
  });

  it('that is not a discovery document is an outage, not a mismatch', async () => {
    const texts = [
      'null',
      '[]',
      '{}',
      '<html>',
      '"x"',
      `{"issuer":"${issuer}"}`,
      `{"issuer":"${issuer}","jwks_uri":"no url"}`,
    ];
    const cold = await startCold();
    for (const text of texts) {
      cold.tenant.brokenDiscovery = (_, response) => response.end(text);
      await expect(cold.app.keys.start()).resolves.toBe(undefined);
      expect(cold.app.keys.ready, text).toBe(false);
    }
  });

  it.each([
    ['of another host', 'https://elsewhere.test:9/keys?x=1', '/keys?x=1'],
    [
      'whose path begins with two slashes',
      'https://tenant.test//elsewhere.test/keys',
      '//elsewhere.test/keys',
    ],
  ])('with a jwks_uri %s is used by its path, at the base URL', async (_, jwksUri, path) => {
    const cold = await startCold();
    cold.tenant.jwksUri = jwksUri;
    await cold.app.keys.start();
    expect(await statusOf(cold)).toBe(200);
    expect(cold.tenant.paths).toEqual(['/.well-known/openid-configuration', path]);
  });
});

describe('a fetch', () => {
  const drip = (response: ServerResponse): void => {
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  };

  it('of more than 512 kB is aborted', async () => {
    const cold = await startCold();
    let sent = 0;
    cold.tenant.broken = (_, response) => {
      const send = (): void => {
        let hasRoom = true;
        while (hasRoom && sent < 10_000_000 && !response.destroyed) {
          hasRoom = response.write(Buffer.alloc(65_536, ' '));
          sent += 65_536;
        }
        if (hasRoom) response.end(jwks);
        else response.once('drain', send);
      };
      send();
    };
    const began = performance.now();
    await cold.app.keys.start();
    expect(performance.now() - began).toBeLessThan(2500);
    expect(cold.app.keys.ready).toBe(false);
    expect(sent).toBeLessThan(9_000_000);
    expect(String(cold.app.events[0]?.type)).toBe('fetch_failed');
  });

  it('of a little less than 512 kB is read', async () => {
    const cold = await startCold();
    cold.tenant.broken = (_, response) => response.end(jwks.padEnd(512 * 1024, ' '));
    await cold.app.keys.start();
    expect(cold.app.keys.ready).toBe(true);
  });

  it.each([
    ['that never answers', () => {}],
    ['that drips', drip],
    ['that stops amid its body', (response: ServerResponse) => void response.write('{"keys":[')],
  ])('%s is aborted after 3 s', async (_, misbehave) => {
    const cold = await startCold();
    cold.tenant.broken = (__, response) => misbehave(response);
    const began = performance.now();
    await cold.app.keys.start();
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(2500);
    expect(tookMs).toBeLessThan(3500);
    expect(cold.app.keys.ready).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])('answered %i is not followed', async (status) => {
    const cold = await startCold();
    tenant = await startKeyServer(issuer, [key.jwk]);
    const location = `${tenant.url}/keys`;
    cold.tenant.broken = (_, response) => response.writeHead(status, { location }).end(jwks);
    await cold.app.keys.start();
    expect(cold.app.keys.ready).toBe(false);
    expect(tenant.paths).toEqual([]);
  });
});

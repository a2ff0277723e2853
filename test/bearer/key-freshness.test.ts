import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, findUnrefused } from './support/call.ts';
import { makeRsaKey, makeToken, type TestKey } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const first = makeRsaKey('first');
const second = makeRsaKey('second');
let world: World;

beforeEach(async () => {
  world = await startWorld([first]);
});
afterEach(() => world.close());

const hour = 3600;
const token = (key: TestKey): string => makeToken(key, undefined);
const status = async (key: TestKey): Promise<number> => (await call(world.url, longLived(key))).status;
/** Valid for 29 days, so that the clock can be moved without its expiry. */
const longLived = (key: TestKey): string => {
  const iat = Math.floor(Date.now() / 1000);
  return makeToken(key, {
    iss: 'https://tenant.test/',
    sub: 'auth0|a',
    aud: 'urn:test:api',
    iat,
    exp: iat + 29 * 24 * hour,
  });
};
const fetched = (times: number): Promise<void> =>
  vi.waitFor(() => expect(world.tenant.fetches).toBe(times), { timeout: 3000, interval: 10 });

const down = (): void => {
  world.tenant.broken = (_, response) => response.writeHead(500).end('{}');
};

describe('fresh keys', () => {
  it.each([
    ['max-age=300', 300],
    ['public, max-age=15, stale-while-revalidate=15', 60],
    ['max-age=0', 60],
    ['no-store', 60],
    ['s-maxage=300', 60],
    ['public, MAX-AGE=120', 120],
    ['max-age="90"', 90],
    ['max-age=86400', 600],
    ['max-age=99999999999999999999', 600],
    ['max-age=-1', 60],
  ])('by %s are fetched again after %i s, and not before', async (cacheControl, freshS) => {
    await world.close();
    world = await startWorld([first], { start: false });
    world.tenant.cacheControl = cacheControl;
    await world.app.keys.start();
    world.app.clock.offsetS += freshS - 2;
    expect(await status(first)).toBe(200);
    expect(world.tenant.fetches).toBe(1);
    world.app.clock.offsetS += 3;
    expect(await status(first)).toBe(200);
    await fetched(2);
    expect(world.app.events.map(({ type }) => type)).toEqual(['keys_changed']);
  });

  it('are fetched again automatically after their lifetime, with or without requests', async () => {
    await world.close();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      world = await startWorld([first]);
      vi.advanceTimersByTime(299_000);
      expect(world.app.keys.stats().fetches).toBe(1);
      vi.advanceTimersByTime(1_000);
      expect(world.app.keys.stats().fetches).toBe(2);
    } finally {
      vi.useRealTimers();
    }
    await fetched(2);
  });

  it('are located by discovery once, then read from that path', async () => {
    world.app.clock.offsetS += 301;
    expect(await status(first)).toBe(200);
    await fetched(2);
    expect(world.tenant.paths).toEqual([
      '/.well-known/openid-configuration',
      '/.well-known/jwks.json',
      '/.well-known/jwks.json',
    ]);
  });

  it('a key removed from the set is refused after the cache is renewed, with its cached tokens', async () => {
    world.tenant.keys = [second.jwk];
    const remembered = longLived(first);
    expect((await call(world.url, remembered)).status).toBe(200);
    world.app.clock.offsetS += 301;
    await call(world.url, remembered);
    await fetched(2);
    await vi.waitFor(() => expect(world.app.keys.version).toBe(2));
    world.app.clock.offsetS += 6;
    expect(await findUnrefused(world.url, { remembered, new: token(first) })).toEqual({});
    expect(await status(second)).toBe(200);
    expect(world.app.verifier.stats().remembered).toBe(1);
  });

  it('a cached token stays valid after a fetch without changes', async () => {
    const remembered = longLived(first);
    await call(world.url, remembered);
    world.tenant.keys = [{ ...first.jwk, x5t: 'new' }];
    world.app.clock.offsetS += 301;
    await call(world.url, remembered);
    await fetched(2);
    await call(world.url, remembered);
    expect(world.app.verifier.stats()).toMatchObject({ checks: 1, hits: 2 });
    expect(world.app.keys.version).toBe(1);
  });
});

describe('while the tenant is down', () => {
  it('known keys are used for 24 h, and counted', async () => {
    const remembered = longLived(first);
    await call(world.url, remembered);
    down();
    for (const hours of [1, 12, 10]) {
      world.app.clock.offsetS += hours * hour;
      expect((await call(world.url, remembered)).status).toBe(200);
      expect(await status(first)).toBe(200);
    }
    expect(world.app.keys.ready).toBe(true);
    expect(world.app.keys.stats().staleServed).toBeGreaterThanOrEqual(6);
    expect(world.app.keys.stats().failures).toBeGreaterThanOrEqual(1);
    expect(world.app.events.at(-1)).toMatchObject({ type: 'fetch_failed' });
  });

  it('keys are discarded after 24 h: 503, for cached tokens too', async () => {
    const remembered = longLived(first);
    await call(world.url, remembered);
    down();
    world.app.clock.offsetS += 24 * hour + 305;
    for (const text of [remembered, longLived(first)]) {
      const answer = await call(world.url, text);
      expect(answer.status).toBe(503);
      expect(answer.code).toBe('tenant_unavailable');
      expect(answer.challenge).toBe(undefined);
      expect(answer.retryAfter).toBe('5');
    }
    expect(world.app.keys.ready).toBe(false);
    world.tenant.broken = undefined;
    await vi.waitFor(async () => expect(await status(first)).toBe(200), { timeout: 5000, interval: 100 });
  });

  it('after a long suspension of the process, the first request waits for fresh keys', async () => {
    world.app.clock.offsetS += 25 * hour;
    expect(await status(first)).toBe(200);
    expect(world.tenant.fetches).toBe(2);
  });

  it('an unknown kid answers 503 with Retry-After, and 401 after the recovery of the tenant', async () => {
    down();
    world.app.clock.offsetS += 301;
    await status(first);
    await fetched(2);
    const answer = await call(world.url, token(second));
    expect([answer.status, answer.code, answer.retryAfter]).toEqual([503, 'tenant_unavailable', '5']);
    expect(await status(first)).toBe(200);
    world.tenant.broken = undefined;
    await vi.waitFor(
      async () => expect(await findUnrefused(world.url, { unknown: token(second) })).toEqual({}),
      {
        timeout: 8000,
        interval: 100,
      },
    );
  });
});

describe('a response that is not a key set', () => {
  const answers: Record<string, World['tenant']['broken']> = {
    'a 500': (_, response) => response.writeHead(500).end(),
    'a reset': (request) => request.socket.resetAndDestroy(),
    HTML: (_, response) => response.end('<html>'),
    'empty keys': (_, response) => response.end('{"keys":[]}'),
    'no keys': (_, response) => response.end('{}'),
    'keys that are no list': (_, response) => response.end('{"keys":{"0":{}}}'),
    null: (_, response) => response.end('null'),
    'truncated JSON': (_, response) => response.end(JSON.stringify({ keys: [second.jwk] }).slice(0, -2)),
    'half a body': (_, response) =>
      response.writeHead(200, { 'content-length': '9999' }).write('{', () => response.destroy()),
    'a weak key alone': (_, response) =>
      response.end(JSON.stringify({ keys: [makeRsaKey('w', 'RS256', 1024).jwk] })),
    'a 404 with keys': (_, response) => response.writeHead(404).end(JSON.stringify({ keys: [second.jwk] })),
  };

  it.each(Object.entries(answers))('%s keeps the old set in use', async (_, broken) => {
    world.tenant.broken = broken;
    world.app.clock.offsetS += 301;
    expect(await status(first)).toBe(200);
    await vi.waitFor(() => expect(world.app.keys.stats().failures).toBeGreaterThan(0), { timeout: 3000 });
    expect(await status(first)).toBe(200);
    expect(world.app.keys.version).toBe(1);
  });

  it('causes a new discovery request after a failure', async () => {
    world.tenant.jwksUri = 'https://tenant.test/moved/keys?v=2';
    world.tenant.broken = (request, response) =>
      request.url?.startsWith('/moved')
        ? response.end(JSON.stringify({ keys: [second.jwk] }))
        : response.writeHead(404).end();
    world.app.clock.offsetS += 301;
    await status(first);
    await vi.waitFor(async () => expect(await status(second)).toBe(200), { timeout: 5000, interval: 100 });
    expect(world.tenant.paths.at(-1)).toBe('/moved/keys?v=2');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, findUnrefused } from './support/call.ts';
import { goodClaims, makeRsaKey, makeToken } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const first = makeRsaKey('first');
const second = makeRsaKey('second');
const third = makeRsaKey('third');
let world: World;

beforeEach(async () => {
  world = await startWorld([first]);
});
afterEach(() => world.close());

const goodToken = (i: number): string => makeToken(first, goodClaims({ jti: String(i) }));
/** Correctly signed with the tenant's key, with kids that it never published. */
const flood = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `kid-${i}`,
      makeToken(first, goodClaims(), { kid: `kid-${i}-${Math.random()}` }),
    ]),
  );
const statusesOf = async (tokens: readonly string[]): Promise<number[]> =>
  (await Promise.all(tokens.map((token) => call(world.url, token)))).map(({ status }) => status);
const good = Array.from({ length: 200 }, (_, i) => goodToken(i));

describe('a flood of unknown kids', () => {
  it('of 1,000 causes at most two fetches; every valid token meanwhile is accepted', async () => {
    const fetchesBefore = world.tenant.fetches;
    const [unrefused, ...statuses] = await Promise.all([
      findUnrefused(world.url, flood(1000)),
      statusesOf(good),
      statusesOf(good),
      statusesOf(good),
    ]);
    expect(unrefused).toEqual({});
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    expect(world.tenant.fetches - fetchesBefore).toBeLessThanOrEqual(2);
    expect(world.app.keys.stats().unknownKids).toBeGreaterThanOrEqual(1000);
  });

  it('keeps at most 256 callers waiting; the others are answered immediately', async () => {
    const found = Array.from({ length: 300 }, (_, i) => world.app.keys.find(`kid-${i}`, 'RS256'));
    expect(found.filter((one) => one === undefined).length).toBe(300 - 256);
    expect(found.filter((one) => one instanceof Promise).length).toBe(256);
  });

  it('that continues causes two fetches in 30 s', async () => {
    const fetchesAt = async (offsetS: number): Promise<number> => {
      world.app.clock.offsetS = offsetS;
      expect(await findUnrefused(world.url, flood(1))).toEqual({});
      expect(await statusesOf(good.slice(0, 2))).toEqual([200, 200]);
      return world.tenant.fetches;
    };
    expect(world.tenant.fetches).toBe(1);
    expect(await fetchesAt(6)).toBe(2);
    expect(await fetchesAt(12)).toBe(3);
    for (let offsetS = 18; offsetS < 30; offsetS += 1) expect(await fetchesAt(offsetS)).toBe(3);
    expect(await fetchesAt(37)).toBe(4);
  });

  it('does not prevent the renewal of an old set: a valid token is accepted afterwards', async () => {
    world.app.clock.offsetS += 10;
    await findUnrefused(world.url, flood(1));
    world.app.clock.offsetS += 6;
    await findUnrefused(world.url, flood(1));
    expect(await findUnrefused(world.url, flood(100))).toEqual({});
    expect(world.tenant.fetches).toBe(3);
    world.app.clock.offsetS += 601;
    expect(await statusesOf([goodToken(1000), goodToken(1001)])).toEqual([200, 200]);
    await expect.poll(() => world.tenant.fetches).toBe(4);
  });
});

describe('a rotated key', () => {
  it('published a second after a fetch is accepted within 5 s, and its first token waits for the fetch', async () => {
    world.tenant.keys = [first.jwk, second.jwk];
    const began = performance.now();
    const answers = await statusesOf([
      makeToken(second),
      makeToken(second, goodClaims({ jti: 'x' })),
      goodToken(0),
    ]);
    expect(answers).toEqual([200, 200, 200]);
    expect(performance.now() - began).toBeLessThan(5200);
    expect(world.tenant.fetches).toBe(2);
  });

  it('is accepted immediately if the last fetch is older', async () => {
    world.app.clock.offsetS += 6;
    world.tenant.keys = [second.jwk];
    const began = performance.now();
    expect(await statusesOf([makeToken(second)])).toEqual([200]);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('is accepted although a fetch was running when it was published', async () => {
    world.app.clock.offsetS += 6;
    const held: (() => void)[] = [];
    world.tenant.broken = (_, response) =>
      held.push(() => response.end(JSON.stringify({ keys: [first.jwk] })));
    const early = call(world.url, makeToken(third));
    await expect.poll(() => held.length).toBe(1);
    world.tenant.broken = undefined;
    world.tenant.keys = [second.jwk];
    const late = call(world.url, makeToken(second));
    await expect.poll(() => world.app.keys.stats().unknownKids).toBe(2);
    held[0]?.();
    expect((await early).status).toBe(401);
    expect((await late).status).toBe(200);
    expect(world.tenant.fetches).toBe(3);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { password } from './support/person.ts';

const DEFAULT_MAX = 50;

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => world.close());

/** Signs in; repeats it if the tenant on a busy machine was too slow. */
async function signIn(browser: Browser, email: string, triesLeft = 20): Promise<number> {
  const { status } = await browser.send('POST', '/v1/auth/signin', { body: { email, password } });
  return status === 503 && triesLeft > 0 ? signIn(browser, email, triesLeft - 1) : status;
}
const isSignedIn = async (browser: Browser): Promise<boolean> =>
  (await browser.send('GET', '/v1/auth/session')).body.authenticated;
const countSessions = async (browser: Browser): Promise<number> =>
  (await browser.send('GET', '/v1/auth/sessions')).body.sessions.length;

/** Tests for every store. */
function capStory(storeUrl: () => string): void {
  let under: GatewayUnderTest;
  let few: GatewayUnderTest;
  beforeAll(async () => {
    const env = { RATE_LIMIT_ENABLED: 'false', STORE_URL: storeUrl(), TENANT_TIMEOUT_MS: '60000' };
    under = await startGatewayUnderTest(env, world.link, world.clock);
    few = await startGatewayUnderTest({ ...env, SESSION_MAX_PER_USER: '3' }, world.link, world.clock);
  });
  afterAll(async () => {
    await under.close();
    await few.close();
  });

  async function signUp(email: string): Promise<void> {
    const browser = createBrowser(under.url);
    const { status } = await browser.send('POST', '/v1/auth/signup', { body: { email, password } });
    expect(status).toBe(201);
  }

  it('of 60 sign-ins, ten in parallel, 50 sessions remain', { timeout: 60_000 }, async () => {
    const email = `crowd-${storeUrl().slice(0, 5)}@example.com`;
    await signUp(email);
    const browsers = Array.from({ length: 60 }, () => createBrowser(under.url));
    // In batches, to limit the load of the tenant.
    for (let i = 0; i < browsers.length; i += 10) {
      const batch = browsers.slice(i, i + 10).map((browser) => signIn(browser, email));
      expect(new Set(await Promise.all(batch))).toEqual(new Set([200]));
    }
    const living = await Promise.all(browsers.map(isSignedIn));
    expect(living.filter(Boolean)).toHaveLength(DEFAULT_MAX);
    const one = browsers[living.indexOf(true)];
    expect(one && (await countSessions(one))).toBe(DEFAULT_MAX);
  });

  it('the oldest session ends, and the others continue', async () => {
    const email = `oldest-${storeUrl().slice(0, 5)}@example.com`;
    await signUp(email);
    const browsers = Array.from({ length: 4 }, () => createBrowser(few.url));
    for (const browser of browsers) {
      world.clock.offsetS += 1;
      expect(await signIn(browser, email)).toBe(200);
    }
    expect(await Promise.all(browsers.map(isSignedIn))).toEqual([false, true, true, true]);
    await eventually(() =>
      few.lines.some(
        ({ event, reason }) => event === 'auth.session_revoked.succeeded' && reason === 'session_max',
      ),
    ).toBe(true);
  });

  it('a sign-in with a session of the same user ends only that session', async () => {
    const email = `again-${storeUrl().slice(0, 5)}@example.com`;
    await signUp(email);
    const browsers = Array.from({ length: 3 }, () => createBrowser(few.url));
    for (const browser of browsers) await signIn(browser, email);
    for (let i = 0; i < 3; i++) await signIn(browsers[2] as Browser, email);
    expect(await Promise.all(browsers.map(isSignedIn))).toEqual([true, true, true]);
  });
}

describe('the sessions of one user, in SQLite', () => capStory(() => 'sqlite::memory:'));

describeWith('redis', 'the sessions of one user, in Redis', () => {
  let redis: RedisUnderTest;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());
  capStory(() => redis.url);
});

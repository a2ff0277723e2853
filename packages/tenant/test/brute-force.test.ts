import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AttackProtection } from '../src/state/settings-documents.ts';
import { directory, password, testSeed } from './support/seed.ts';
import { fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

describe.each(stores)('brute-force protection on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  /** Lower than the default of ten, because each attempt costs a password hash. */
  const limit = 3;
  function protect(settings: Partial<AttackProtection['brute_force_protection']>): void {
    const { attackProtection } = t.stored;
    const kept = attackProtection.get();
    if (!kept) throw new Error('no settings');
    attackProtection.put({
      ...kept,
      brute_force_protection: { ...kept.brute_force_protection, max_attempts: limit, ...settings },
    });
  }

  async function newUser(connection = directory, at = t): Promise<string> {
    const email = `${fresh()}@example.com`;
    await at.post('/dbconnections/signup', { client_id: 'strict', connection, email, password });
    return email;
  }
  interface Try {
    readonly client?: string;
    readonly ip?: string;
    readonly right?: boolean;
    readonly realm?: string;
    readonly at?: TestTenant;
  }
  const signIn = async (
    username: string,
    { client = 'host', ip, right = false, realm = directory, at = t }: Try = {},
  ) => {
    const parameters = {
      grant_type: 'http://auth0.com/oauth/grant-type/password-realm',
      realm,
      username,
      password: right ? password : 'Wrong-Horse-1',
    };
    return at.token(client, parameters, ip === undefined ? {} : { 'auth0-forwarded-for': ip });
  };
  async function failTimes(count: number, username: string, how?: Try): Promise<number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < count; i += 1) statuses.push((await signIn(username, how)).status);
    return statuses;
  }

  it('PW11: after ten failures even the right password answers 429 too_many_attempts', async () => {
    const email = await newUser();
    expect(await failTimes(10, email, { ip: '198.51.100.1' })).toEqual(Array(10).fill(403));
    const blocked = await signIn(email, { ip: '198.51.100.1', right: true });
    expect(blocked.status).toBe(429);
    expect(blocked.json.error).toBe('too_many_attempts');
    expect(blocked.json.error_description).toMatch(
      /^Your account has been blocked after multiple consecutive login/,
    );
    expect(t.logTypes().at(-1)).toBe('limit_wc');
    const mail = t.tenant.context.inbox.list({ to: email }).at(-1);
    expect(mail?.kind).toBe('blocked_account');
    protect({});
  });

  it('the block applies to that address only, if a trusted client sends it', async () => {
    const email = await newUser();
    await failTimes(limit, email, { ip: '198.51.100.1' });
    expect((await signIn(email, { ip: '198.51.100.2', right: true })).status).toBe(200);
    expect((await signIn(email, { ip: '198.51.100.1', right: true })).status).toBe(429);
  });

  it.each([
    ['is not trusted', 'strict'],
    ['is public', 'public'],
  ])('an address sent by a client that %s is ignored', async (_name, client) => {
    const email = await newUser();
    await failTimes(limit, email, { client, ip: '198.51.100.1' });
    expect((await signIn(email, { client, ip: '198.51.100.9', right: true })).status).toBe(429);
  });

  it('an invalid address is replaced by the caller’s', async () => {
    const email = await newUser();
    await failTimes(limit, email, { ip: 'not an address' });
    expect((await signIn(email, { right: true })).status).toBe(429);
  });

  it('an unknown user is blocked in the same way, so that a block reveals nothing', async () => {
    const email = `${fresh('nobody')}@example.com`;
    expect(await failTimes(limit + 1, email)).toEqual([...Array(limit).fill(403), 429]);
  });

  it('a success clears the count', async () => {
    const email = await newUser();
    await failTimes(limit - 1, email);
    expect((await signIn(email, { right: true })).status).toBe(200);
    expect(await failTimes(limit, email)).toEqual(Array(limit).fill(403));
    expect((await signIn(email)).status).toBe(429);
  });

  it('of twelve parallel guesses only as many are checked as in sequence', async () => {
    const email = await newUser();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(email)));
    expect(answers.filter((answer) => answer.status === 403)).toHaveLength(limit);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(12 - limit);
  });

  it('ten parallel sign-ins with the right password all succeed', async () => {
    const email = await newUser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(email, { right: true })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  });

  it('a block ends after thirty days', async () => {
    const email = await newUser();
    await failTimes(limit, email);
    t.clock.offsetS = 30 * 86_400 - 60;
    expect((await signIn(email, { right: true })).status).toBe(429);
    t.clock.offsetS = 30 * 86_400 + 60;
    expect((await signIn(email, { right: true })).status).toBe(200);
    t.clock.offsetS = 0;
  });

  it('a connection can disable it', async () => {
    const email = await newUser('unguarded');
    expect(await failTimes(limit + 1, email, { client: 'strict', realm: 'unguarded' })).toEqual(
      Array(limit + 1).fill(403),
    );
  });

  it('account lockout counts per user, whatever the address', async () => {
    protect({ mode: 'count_per_identifier' });
    const email = await newUser();
    for (const ip of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) await signIn(email, { ip });
    const blocked = await signIn(email, { ip: '198.51.100.4', right: true });
    protect({ mode: 'count_per_identifier_and_ip' });
    expect(blocked.status).toBe(429);
  });

  it('an unknown user costs as much time as a wrong password', async () => {
    const shipped = await startTestTenant(store, testSeed, { quick: false });
    onTestFinished(() => shipped.close());
    const known = await newUser('unguarded', shipped);
    const time = async (username: string): Promise<number> => {
      const before = performance.now();
      await signIn(username, { client: 'strict', realm: 'unguarded', at: shipped });
      return performance.now() - before;
    };
    const times: { known: number; unknown: number }[] = [];
    for (let i = 0; i < 15; i += 1)
      times.push({ known: await time(known), unknown: await time('nobody@example.com') });
    // The fastest of each: load on the machine only slows, and a missing hash would save nearly all the time.
    const quickest = (who: 'known' | 'unknown') => Math.min(...times.map((pair) => pair[who]));
    const ratio = quickest('unknown') / quickest('known');
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1 / 0.6);
  });
});

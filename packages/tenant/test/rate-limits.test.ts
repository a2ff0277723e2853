import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directory, testSeed } from './support/seed.ts';
import { type Answer, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const text =
  'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.';
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const count = (answers: readonly Answer[], status: number) =>
  statuses(answers).filter((seen) => seen === status).length;
const rateOf = ({ headers }: Answer) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`)));

describe.each(stores)("Auth0's rate limits on %s", (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, { ...testSeed, rate_limits: 'auth0' });
  });
  beforeEach(() => {
    t.clock.offsetS += 3600;
  });
  afterAll(() => t.close());

  const times = (n: number, call: () => Promise<Answer>) => Promise.all(Array.from({ length: n }, call));
  const nowS = () => Math.floor(t.clock.now() / 1000);

  it('one user from one address signs in 20 times, and then 10 times a minute', async () => {
    const answers = await times(23, () => t.signIn('strict'));
    expect(count(answers, 200)).toBe(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({ error: 'too_many_logins', error_description: text });
    expect(refused?.headers.get('x-tenant-hint')).toMatch(/rate limit policy/);
    expect(t.logTypes()).toContain('limit_sul');
    expect((await t.signIn('strict', { username: 'reader@example.com' })).status).toBe(200);
    t.clock.offsetS += 60;
    expect(count(await times(13, () => t.signIn('strict')), 200)).toBeLessThanOrEqual(11);
  });

  it('requests count for the address that a trusted client sends', async () => {
    alter(t.stored.clients, { is_token_endpoint_ip_header_trusted: true }, 'strict');
    const from = (ip: string) => t.signIn('strict', {}, { 'auth0-forwarded-for': ip });
    expect(count(await times(21, () => from('198.51.100.7')), 429)).toBe(1);
    expect((await from('198.51.100.8')).status).toBe(200);
  });

  it('one user may call /userinfo 10 times, and then 5 times a minute; the headers count', async () => {
    const { json } = await t.signIn('strict', { scope: 'openid' });
    const ask = () => t.get('/userinfo', { authorization: `Bearer ${String(json.access_token)}` });
    const first = await ask();
    const [limit, remaining, reset] = rateOf(first);
    expect([limit, remaining]).toEqual([10, 9]);
    expect(reset).toBeGreaterThan(nowS());
    expect(reset).toBeLessThanOrEqual(nowS() + 13);
    const answers = await times(11, ask);
    expect(count(answers, 200)).toBe(9);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({ error: 'too_many_requests', error_description: text });
    if (refused) expect(rateOf(refused)[1]).toBe(0);
    t.clock.offsetS += 25;
    expect(statuses([await ask(), await ask(), await ask()])).toEqual([200, 200, 429]);
  });

  it('one address gets 10 links to reset a password, and then one a minute', async () => {
    const ask = () =>
      t.post('/dbconnections/change_password', { connection: directory, email: 'ann@example.com' });
    const answers = await times(12, ask);
    expect(count(answers, 200)).toBe(10);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({ error: 'too_many_requests', error_description: text });
    t.clock.offsetS += 61;
    expect(statuses([await ask(), await ask()])).toEqual([200, 429]);
  });
});

describe('relaxed limits, which are the default', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory');
  });
  afterAll(() => t.close());

  it('allow 40 sign-ins and 40 calls of /userinfo', async () => {
    const signIns = await Promise.all(
      Array.from({ length: 40 }, () => t.signIn('strict', { scope: 'openid' })),
    );
    expect(count(signIns, 200)).toBe(40);
    const authorization = `Bearer ${String(signIns[0]?.json.access_token)}`;
    const asked = await Promise.all(Array.from({ length: 40 }, () => t.get('/userinfo', { authorization })));
    expect(count(asked, 200)).toBe(40);
  });
});

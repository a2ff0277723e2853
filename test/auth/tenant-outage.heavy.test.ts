import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakTenant, password, restoreTenant, tokenFault } from '../session/support/person.ts';
import { type Answer, asBearer, createBrowser, noBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

const BUDGET_MS = 3_000;
const OUTAGE_MS = 60_000;
const SLOW_MS = 30_000;
const RECOVERS_WITHIN_MS = 10_000;
const api = '/api/location/geocode?q=Oslo';
const user = { email: 'outage@example.com', password, mode: 'token' };

let world: World;
let under: GatewayUnderTest;
let token: string;

interface Timed extends Answer {
  readonly ms: number;
}
const timed = async (ask: () => Promise<Answer>): Promise<Timed> => {
  const startedAt = performance.now();
  const answer = await ask();
  return { ...answer, ms: performance.now() - startedAt };
};
const signIn = () =>
  timed(() => createBrowser(under.url).send('POST', '/v1/auth/signin', { body: user, headers: noBrowser }));
const byBearer = () => timed(() => createBrowser(under.url).send('GET', api, { headers: asBearer(token) }));
const byNobody = () => timed(() => createBrowser(under.url).send('GET', '/problems/not_found'));

/** Calls of a kind, one after the other, until `isOver`. */
async function keepAsking(
  ask: () => Promise<Timed>,
  everyMs: number,
  isOver: () => boolean,
): Promise<Timed[]> {
  const answers: Timed[] = [];
  while (!isOver()) {
    answers.push(await ask());
    await sleep(everyMs);
  }
  return answers;
}

const p99 = (answers: readonly Timed[]): number =>
  answers.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(answers.length * 0.99)] ?? 0;

beforeAll(async () => {
  world = await startWorld();
  under = await startGatewayUnderTest(
    { RATE_LIMIT_ENABLED: 'false', TENANT_TIMEOUT_MS: String(BUDGET_MS) },
    world.link,
    world.clock,
  );
  await createBrowser(under.url).send('POST', '/v1/auth/signup', {
    body: { email: user.email, password },
  });
  token = (await signIn()).body.access_token;
  expect((await byBearer()).status).toBe(200);
});
afterEach(() => restoreTenant(world));
afterAll(async () => {
  await under.close();
  await world.close();
});

describe('a tenant', { timeout: 150_000 }, () => {
  it('that is down for 60 s affects no bearer route; sign-ins answer 503 within 3 s, and work within 10 s of its recovery', async () => {
    await breakTenant(world, [{ method: '*', path: '^/(?!_tenant)', reset: true, times: 1_000_000 }]);
    const endsAt = performance.now() + OUTAGE_MS;
    const isOver = () => performance.now() > endsAt;
    const [bearers, signIns] = await Promise.all([
      keepAsking(byBearer, 20, isOver),
      keepAsking(signIn, 500, isOver),
    ]);
    expect(bearers.length).toBeGreaterThan(200);
    expect(bearers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(signIns.length).toBeGreaterThan(20);
    for (const { status, body, headers, ms } of signIns) {
      expect([status, body.code]).toEqual([503, 'tenant_unavailable']);
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect(ms).toBeLessThan(3_000);
    }
    await restoreTenant(world);
    await eventually(async () => (await signIn()).status, {
      timeout: RECOVERS_WITHIN_MS,
      interval: 200,
    }).toBe(200);
  });

  it('that takes 30 s to answer is 504 at the budget, or 503 once the breaker is open; other routes are as fast as before', async () => {
    const callers = (isOver: () => boolean) =>
      Promise.all([keepAsking(byBearer, 5, isOver), keepAsking(byNobody, 5, isOver)]);
    const forMs = (ms: number) => {
      const endsAt = performance.now() + ms;
      return () => performance.now() > endsAt;
    };
    const before = (await callers(forMs(5_000))).flat();
    await tokenFault(world, { delay_ms: SLOW_MS });
    // More than the breaker needs to open, again and again.
    const isOver = forMs(3 * BUDGET_MS);
    const [others, ...signIns] = await Promise.all([
      callers(isOver).then((answers) => answers.flat()),
      ...Array.from({ length: 20 }, () => keepAsking(signIn, 50, isOver)),
    ]);
    const all = signIns.flat();
    const timedOut = all.filter(({ status }) => status === 504);
    expect(timedOut.length).toBeGreaterThanOrEqual(5);
    expect(all.filter(({ status }) => status !== 504 && status !== 503)).toEqual([]);
    for (const { body, ms } of timedOut) {
      expect(body.code).toBe('tenant_timeout');
      expect(ms).toBeLessThan(BUDGET_MS + 2_000);
    }
    expect(others.filter(({ status }) => status !== 200)).toEqual([]);
    // Half of the difference may be that of the machine.
    expect(p99(others)).toBeLessThan(2 * p99(before) + 50);
    await restoreTenant(world);
    await eventually(async () => (await signIn()).status, {
      timeout: RECOVERS_WITHIN_MS,
      interval: 200,
    }).toBe(200);
  });
});

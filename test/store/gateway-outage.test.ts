import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Answer, type Browser, createBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { startWorld, type World } from '../support/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };
const api = '/api/location/geocode?q=Oslo';

let world: World;
let redis: RedisUnderTest;
/** A proxy between gateway and server, which forwards everything unless a test changes it. */
let proxy: TcpProxy;
let gateway: GatewayProcess;
let token: string;

interface Told extends Answer {
  readonly ms: number;
}

const timed = async (ask: () => Promise<Answer>): Promise<Told> => {
  const startedAt = performance.now();
  const answer = await ask();
  return { ...answer, ms: performance.now() - startedAt };
};
const anonymous = () => createBrowser(gateway.url);
const byBearer = () => anonymous().send('GET', api, { headers: { Authorization: `Bearer ${token}` } });
const byNobody = () => anonymous().send('GET', '/problems/not_found');
/** The number of sessions in the metrics. */
const sessionsActive = async () => {
  const metrics = await (await fetch(gateway.metricsUrl)).text();
  return Number(/^gatehouse_sessions_active (.*)$/m.exec(metrics)?.[1]);
};
const readiness = () => anonymous().send('GET', '/readyz');

async function signIn(): Promise<Browser> {
  const browser = anonymous();
  expect((await browser.send('POST', '/v1/auth/signin', { body: user })).status).toBe(200);
  return browser;
}

/** The response during an outage, which does not change the cookie. */
function expectOutage({ status, headers, body }: Answer): void {
  expect([status, body.code, body.retry_after]).toEqual([503, 'store_unavailable', 5]);
  expect(headers.get('retry-after')).toBe('5');
  expect(headers.getSetCookie()).toEqual([]);
}

/** The same, within a short time. */
function expectSoon(answer: Told): void {
  expectOutage(answer);
  // One second is documented; the machine of the tests may be busy.
  expect(answer.ms).toBeLessThan(8000);
}

/** Callers of three kinds that run until stopped; records each response. */
function startLoad(browser: Browser) {
  const load = { isOver: false };
  const told = { session: [] as Told[], others: [] as Told[] };
  const keepAsking = async (ask: () => Promise<Answer>, into: Told[]) => {
    while (!load.isOver) {
      into.push(await timed(ask));
      await sleep(5);
    }
  };
  const callers = [1, 2, 3].flatMap(() => [
    keepAsking(() => browser.send('GET', api), told.session),
    keepAsking(byBearer, told.others),
    keepAsking(byNobody, told.others),
  ]);
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await sleep(10);
  };
  return {
    told,
    until,
    /** Resolves when this many more session calls have this status. */
    async untilMore(status: number, count: number): Promise<void> {
      const from = told.session.length;
      await until(
        () => told.session.slice(from).filter((answer) => answer.status === status).length >= count,
      );
    },
    async end() {
      load.isOver = true;
      await Promise.all(callers);
    },
  };
}

describeWith('redis', 'a gateway whose store is a Redis server', () => {
  beforeAll(async () => {
    world = await startWorld();
    redis = await startRedis();
    proxy = await startTcpProxy(redis.port);
    gateway = await startGatewayProcess(world, {
      STORE_URL: `redis://127.0.0.1:${proxy.port}`,
      RATE_LIMIT_SIGNIN_ACCOUNT: '5/15m',
      TENANT_TIMEOUT_MS: '60000',
    });
    expect((await anonymous().send('POST', '/v1/auth/signup', { body: user })).status).toBe(201);
    const signedIn = await fetch(`${gateway.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(user),
    });
    token = ((await signedIn.json()) as { access_token: string }).access_token;
  });
  afterAll(async () => {
    expect(gateway.exitCode).toBe(null);
    await gateway.kill();
    await proxy.close();
    await redis.close();
    await world.close();
  });

  it('stores sessions, and has their number in the metrics', async () => {
    const browser = await signIn();
    expect((await browser.send('GET', api)).status).toBe(200);
    expect(await sessionsActive()).toBe(await redis.command('ZCARD', 'gatehouse:sessions'));
    expect(await sessionsActive()).toBeGreaterThan(0);
    expect((await readiness()).body).toMatchObject({ status: 'ok', parts: { store: 'ok' } });
  });

  it('that is killed under load causes 503 for sessions only, and 401 after an empty restart', async () => {
    const browser = await signIn();
    const cookies = new Map(browser.cookies);
    const load = startLoad(browser);
    await load.untilMore(200, 10);
    await redis.signal('SIGKILL');
    await load.untilMore(503, 30);
    expect(await readiness()).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { store: 'not answering' } },
    });
    expect((await anonymous().send('GET', '/healthz')).status).toBe(200);
    expect(await sessionsActive()).toBeNaN();
    expect(browser.cookies).toEqual(cookies);
    await redis.restart();
    const restartedAt = performance.now();
    await load.untilMore(401, 10);
    expect(performance.now() - restartedAt).toBeLessThan(10_000);
    await load.end();
    const outages = load.told.session.filter(({ status }) => status === 503);
    for (const answer of outages) expectSoon(answer);
    expect(load.told.session.filter(({ status }) => ![200, 503, 401].includes(status))).toEqual([]);
    expect(load.told.others.filter(({ status }) => status !== 200)).toEqual([]);
    await eventually(async () => (await readiness()).body).toMatchObject({ status: 'ok' });
    const again = await signIn();
    expect((await again.send('GET', api)).status).toBe(200);
  });

  it('that is paused causes 503, and the same session continues afterwards', async () => {
    const browser = await signIn();
    const load = startLoad(browser);
    await load.untilMore(200, 10);
    await redis.signal('SIGSTOP');
    await load.untilMore(503, 30);
    await redis.signal('SIGCONT');
    await load.untilMore(200, 10);
    await load.end();
    for (const answer of load.told.session) if (answer.status !== 200) expectSoon(answer);
    expect(load.told.others.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('that is unavailable allows sign-ins for tokens, with limits per process, but no new sessions', async () => {
    await redis.signal('SIGKILL');
    const forTokens = (credentials: typeof user) =>
      fetch(`${gateway.url}/v1/auth/signin`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(credentials),
      }).then(({ status }) => status);
    expect(await forTokens(user)).toBe(200);
    expectOutage(await anonymous().send('POST', '/v1/auth/signin', { body: user }));
    const guess = { email: 'eve@example.com', password: 'wrong-password' };
    const guesses = await Promise.all(Array.from({ length: 20 }, () => forTokens(guess)));
    expect(guesses.filter((status) => status === 401)).toHaveLength(5);
    expect(guesses.filter((status) => status === 429)).toHaveLength(15);
    await redis.restart();
    await eventually(async () => (await readiness()).body).toMatchObject({ status: 'ok' });
  });

  it('that became a replica still reads sessions; new ones answer 503', async () => {
    const browser = await signIn();
    await redis.command('REPLICAOF', '127.0.0.1', 1);
    expectOutage(await anonymous().send('POST', '/v1/auth/signin', { body: user }));
    while ((await browser.send('GET', api)).status !== 200) await sleep(50);
    await redis.command('REPLICAOF', 'NO', 'ONE');
    while ((await anonymous().send('POST', '/v1/auth/signin', { body: user })).status !== 200)
      await sleep(50);
    expect((await browser.send('GET', api)).status).toBe(200);
  });

  it('without memory still reads and ends sessions; new ones answer 503', async () => {
    const browser = await signIn();
    await redis.command('CONFIG', 'SET', 'maxmemory', 1);
    expectOutage(await anonymous().send('POST', '/v1/auth/signin', { body: user }));
    expect((await browser.send('GET', api)).status).toBe(200);
    expect((await browser.send('POST', '/v1/auth/signout')).status).toBe(200);
    expect((await browser.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    await redis.command('CONFIG', 'SET', 'maxmemory', 0);
    await signIn();
  });

  for (const [name, meddle] of [
    ['cut off', (piece: Buffer) => piece.subarray(0, Math.floor(piece.length / 2))],
    ['of another protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ] as const) {
    it(`whose responses are ${name} is an outage; the session continues afterwards`, async () => {
      const browser = await signIn();
      proxy.meddle = meddle;
      for (let i = 0; i < 5; i++) expectSoon(await timed(() => browser.send('GET', api)));
      expect((await byBearer()).status).toBe(200);
      proxy.meddle = undefined;
      while ((await browser.send('GET', api)).status === 503) await sleep(50);
      expect((await browser.send('GET', api)).status).toBe(200);
    });
  }

  it('never ends the process, and its loss and recovery are logged', () => {
    expect(gateway.exitCode).toBe(null);
    expect(gateway.lines.filter((line) => line.includes('store connection lost')).length).toBeGreaterThan(1);
    expect(gateway.lines.filter((line) => line.includes('store connection restored')).length).toBeGreaterThan(
      1,
    );
    expect(gateway.lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
});

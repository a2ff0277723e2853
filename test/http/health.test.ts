import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';

interface Readiness {
  readonly status: string;
  readonly parts: Readonly<Record<string, string>>;
}

async function readReadiness({ url }: Pick<GatewayUnderTest, 'url'>) {
  const answer = await fetch(`${url}/readyz`);
  return { code: answer.status, ...((await answer.json()) as Readiness) };
}

/** The log levels of the requests to a path. */
const levelsOf = ({ lines }: Pick<GatewayUnderTest, 'lines'>, path: string) =>
  lines.filter(({ msg, route }) => msg === 'request' && route === path).map(({ level }) => level);

it('a gateway without keys is alive but not ready: 503 that names the keys, logged at info', async () => {
  const under = await startLonelyGateway();
  const alive = await fetch(`${under.url}/healthz`);
  expect({ status: alive.status, body: await alive.json() }).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await readReadiness(under)).toEqual({
    code: 503,
    status: 'unavailable',
    parts: {
      keys: 'not loaded',
      tenant: 'not answering',
      store: 'ok',
      deny_list: 'ok',
      lifecycle: 'ok',
    },
  });
  expect(levelsOf(under, '/readyz')).toEqual(['info']);
  expect(levelsOf(under, '/healthz')).toEqual([]);
  await under.close();
});

it('after a successful start an outage of the tenant is reported, but the replica stays ready', async () => {
  const world = await startWorld({ LOG_LEVEL: 'debug', TENANT_TIMEOUT_MS: '2000', REVOCATION_FEED: 'logs' });
  const allOk = {
    keys: 'ok',
    tenant: 'ok',
    store: 'ok',
    deny_list: 'ok',
    revocation_feed: 'ok',
    lifecycle: 'ok',
  };
  expect(await readReadiness(world)).toEqual({ code: 200, status: 'ok', parts: allOk });
  await world.tenant.close();
  const signIn = () =>
    fetch(`${world.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.com', password: 'x' }),
    });
  await eventually(async () => {
    expect((await signIn()).status).toBe(503);
    return readReadiness(world);
  }).toEqual({ code: 200, status: 'degraded', parts: { ...allOk, tenant: 'not answering' } });
  expect(new Set(levelsOf(world, '/readyz'))).toEqual(new Set(['debug']));
  await fetch(`${world.url}/healthz`);
  expect(levelsOf(world, '/healthz')).toEqual(['debug']);
  await world.gateway.drain();
});

describeWith('redis', 'a store that is down', () => {
  let world: World;
  let redis: RedisUnderTest;
  beforeAll(async () => {
    [world, redis] = await Promise.all([startWorld(), startRedis()]);
  });
  afterAll(async () => {
    await redis.close();
    await world.close();
  });

  const start = (env: Readonly<Record<string, string>> = {}) =>
    startGatewayUnderTest({ STORE_URL: `redis://127.0.0.1:${redis.port}`, ...env }, world.link);

  it('is reported after a successful start, and makes only those replicas unready that are configured so', async () => {
    const [usual, strict] = await Promise.all([start(), start({ READY_NEEDS_STORE: 'true' })]);
    const both = () => Promise.all([usual, strict].map(readReadiness));
    expect(await both()).toMatchObject([
      { code: 200, status: 'ok' },
      { code: 200, status: 'ok' },
    ]);
    await redis.signal('SIGKILL');
    await eventually(both).toMatchObject([
      { code: 200, status: 'degraded', parts: { store: 'not answering', keys: 'ok' } },
      { code: 503, status: 'unavailable', parts: { store: 'not answering', keys: 'ok' } },
    ]);
    expect(new Set(levelsOf(strict, '/readyz'))).toEqual(new Set(['info']));
    const fresh = await start();
    expect(await readReadiness(fresh)).toMatchObject({ code: 503, parts: { store: 'not answering' } });
    await redis.restart();
    await eventually(async () => [...(await both()), await readReadiness(fresh)]).toMatchObject([
      { code: 200, status: 'ok' },
      { code: 200, status: 'ok' },
      { code: 200, status: 'ok' },
    ]);
    await Promise.all([usual, strict, fresh].map((under) => under.close()));
  });
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../support/gateway.ts';
import { type RedisUnderTest, startRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import type { World } from '../../support/world.ts';
import { addPerson, allFactors, createCaller, nextTotp, otherThan, startMfaWorld } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let world: World;
let redis: RedisUnderTest;
let replicas: readonly [GatewayUnderTest, GatewayUnderTest];
let one: ReturnType<typeof createCaller>;
let other: ReturnType<typeof createCaller>;

describeWith('redis', 'two replicas over one store', () => {
  beforeAll(async () => {
    world = await startMfaWorld();
    redis = await startRedis();
    const start = () => startGatewayUnderTest({ STORE_URL: redis.url }, world.link, world.clock);
    replicas = [await start(), await start()];
    one = createCaller(replicas[0].url);
    other = createCaller(replicas[1].url);
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await redis.close();
    await world.close();
  });

  it('accept each other’s handles, once', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await one.begin(person);
    expect((await other.verify(handle, { otp: await nextTotp(world, person) })).status).toBe(200);
    expect(await one.verify(handle, { otp: await nextTotp(world, person) })).toMatchObject({
      status: 401,
      body: { code: 'mfa_expired' },
    });
  });

  it('count wrong codes together, in parallel', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await one.begin(person);
    const otp = otherThan(await nextTotp(world, person));
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? one : other).verify(handle, { otp })),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(11);
  });

  it('do not consume a code during an outage of the store, and the sign-in continues afterwards', async () => {
    const person = await addPerson(world, allFactors);
    const handle = await one.begin(person);
    const otp = await nextTotp(world, person);
    await redis.signal('SIGKILL');
    const refused = await one.verify(handle, { otp });
    expect(refused).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await one.authenticators(handle)).status).toBe(200);
    await redis.restart();
    await eventually(async () => (await one.verify(handle, { otp })).status).toBe(200);
  });
});

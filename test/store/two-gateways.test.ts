import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { freshFile } from './contract/target.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const wrong = (email: string) => ({ email, password: 'wrong-password' });

async function signIn(gateway: GatewayProcess, body: object): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${gateway.url}/v1/auth/signin`, init);
  await answer.arrayBuffer();
  return answer.status;
}

/** The number of sign-ins with an address at the tenant. */
async function askedOf(world: World, email: string): Promise<number> {
  const answer = await fetch(`${world.link.baseUrl}/_tenant/requests`);
  const requests = (await answer.json()) as {
    readonly path: string;
    readonly body?: { readonly username?: string };
  }[];
  // The gateways also ask for tokens at their start, to check the tenant.
  return requests.filter(({ path, body }) => path === '/oauth/token' && body?.username === email).length;
}

function sharedLimits(storeUrl: () => Promise<string>): void {
  let world: World;
  let both: GatewayProcess[] = [];
  beforeAll(async () => {
    world = await startWorld();
    // A longer timeout for a busy machine: an attempt without a result is not counted and would allow another one.
    const env = { STORE_URL: await storeUrl(), TENANT_TIMEOUT_MS: '60000' };
    both = await Promise.all([startGatewayProcess(world, env), startGatewayProcess(world, env)]);
  });
  afterAll(async () => {
    for (const gateway of both) await gateway.kill();
    await world.close();
  });

  it('let ten of sixty parallel guesses reach the tenant, over both processes', async () => {
    const email = 'a@example.com';
    const statuses = await Promise.all(
      Array.from({ length: 30 }).flatMap(() => both.map((gateway) => signIn(gateway, wrong(email)))),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    expect(await askedOf(world, email)).toBe(10);
  });

  it('are cleared in both processes by a success in one', async () => {
    const user = { email: 'b@example.com', password: 'Correct-Horse-9' };
    const [one, other] = both as [GatewayProcess, GatewayProcess];
    await fetch(`${one.url}/v1/auth/signup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(user),
    });
    for (let i = 0; i < 4; i++) expect(await signIn(one, wrong(user.email))).toBe(401);
    expect(await signIn(other, user)).toBe(200);
    for (let i = 0; i < 4; i++) expect(await signIn(one, wrong(user.email))).toBe(401);
    expect(await signIn(one, user)).toBe(200);
  });
}

describeWith('redis', 'the limits of two gateways on one Redis server', () => {
  let redis: RedisUnderTest;
  afterAll(() => redis.close());
  sharedLimits(async () => {
    redis = await startRedis();
    return redis.url;
  });
});

describe('the limits of two gateways on one SQLite file', () => {
  sharedLimits(async () => `sqlite:${freshFile()}`);
});

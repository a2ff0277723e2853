import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { adapt, readBlock } from '../pages/support/page-block.ts';
import { atReplica, callApi, signInUser } from '../session/support/person.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { endWithRun } from '../support/programs.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith, pathOf } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';

const REPLICAS = 3;
const RATE = 200;
const EVERY_MS = 50;

/** The backend of the page, with the ports of the replicas and short intervals. */
const toConfiguration = (port: number, replicas: readonly number[]): string => `
defaults
  mode http
  timeout connect 5s
  timeout check 5s
  timeout client 30s
  timeout server 30s
frontend public
  bind 127.0.0.1:${port}
  default_backend gateways
${adapt(readBlock('docs/how-to/upgrade-and-roll-back.md', 'backend gateways'), {
  'inter 1s fall 2 rise 2': 'inter 200ms fall 1 rise 1',
  'server gateway-1 10.0.0.11:3000': '',
  'server gateway-2 10.0.0.12:3000': replicas
    .map((replica) => `server gateway-${replica} 127.0.0.1:${replica}`)
    .join('\n  '),
})}`;

describeWith('haproxy', 'three replicas behind HAProxy', () => {
  let world: World;
  let redis: RedisUnderTest;
  let balancer: ChildProcess;
  let url: string;
  let start: (port: number) => Promise<GatewayProcess>;
  let ports: number[];
  let replicas: GatewayProcess[];

  beforeAll(async () => {
    [world, redis] = await Promise.all([startWorld(), startRedis()]);
    const first = await findFreePorts(REPLICAS + 1);
    url = `http://127.0.0.1:${first}`;
    ports = Array.from({ length: REPLICAS }, (_, i) => first + 1 + i);
    start = (port) =>
      startGatewayProcess(world, {
        PORT: String(port),
        PUBLIC_URL: `http://localhost:${first}`,
        STORE_URL: redis.url,
        TRUST_PROXY: '127.0.0.1',
        RATE_LIMIT_ENABLED: 'false',
        DRAIN_DELAY_MS: '3000',
      });
    replicas = await Promise.all(ports.map(start));
    const folder = makeFolder({ 'haproxy.cfg': toConfiguration(first, ports) });
    balancer = endWithRun(
      spawn(pathOf('haproxy'), ['-f', path.join(folder, 'haproxy.cfg')], { stdio: 'ignore' }),
    );
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), 15_000);
  }, 120_000);
  afterAll(async () => {
    balancer?.kill('SIGKILL');
    await Promise.all(replicas?.map((replica) => replica.kill()) ?? []);
    await redis?.close();
    await world?.close();
  });

  it('are replaced one by one at 200 requests a second without an error, and every session continues', async () => {
    const browser = await signInUser(`http://127.0.0.1:${ports[0]}`, 'rolling@example.com');
    const visitor = atReplica(browser, url);
    const outcomes: (number | string)[] = [];
    const under = { way: true };
    const ask = async (send: () => Promise<{ readonly status: number }>): Promise<void> => {
      outcomes.push(await send().then(({ status }) => status, String));
    };
    const sent: Promise<void>[] = [];
    const load = (async () => {
      while (under.way) {
        for (let i = 0; i < (RATE * EVERY_MS) / 1000; i += 1)
          sent.push(ask(i === 0 ? () => callApi(visitor) : () => fetch(`${url}/healthz`)));
        await sleep(EVERY_MS);
      }
      await Promise.all(sent);
    })();
    for (const [index, port] of ports.entries()) {
      const old = replicas[index];
      process.kill(old?.pid ?? 0, 'SIGTERM');
      await vi.waitFor(() => expect(old?.exitCode).toBe(0), { timeout: 20_000, interval: 50 });
      replicas[index] = await start(port);
      await vi.waitFor(
        async () => expect((await fetch(`${replicas[index]?.url}/readyz`)).status).toBe(200),
        15_000,
      );
      // HAProxy sees it at its next check.
      await sleep(500);
    }
    under.way = false;
    await load;
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(500);
  }, 120_000);
});

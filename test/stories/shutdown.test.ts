import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

interface Outcome {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly error: string | undefined;
}

function get(agent: Agent, url: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const call = request(url, { agent }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode, connection: response.headers.connection, error: undefined }),
      );
    });
    call.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: undefined, connection: undefined, error: error.code }),
    );
    call.end();
  });
}

describe('a shutdown', () => {
  it('under load of 50 keep-alive clients drops no request, and readiness fails first', async () => {
    const under = await startLonelyGateway({ DRAIN_DELAY_MS: '1500' });
    const agents = Array.from({ length: 50 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const outcomes: Outcome[] = [];
    const load = { isOver: false };
    const clients = agents.map(async (agent) => {
      while (!load.isOver) {
        const outcome = await get(agent, `${under.url}/healthz`);
        outcomes.push(outcome);
        // After `Connection: close`, a load balancer uses another replica.
        if (outcome.error !== undefined || outcome.connection === 'close') return;
      }
    });
    await sleep(200);
    const startedAt = performance.now();
    const drained = under.close();
    const readiness = await fetch(`${under.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(readiness.headers.get('connection')).toBe('close');
    await drained;
    load.isOver = true;
    await Promise.all(clients);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThan(50);
    for (const agent of agents) agent.destroy();
  });

  it('more requests than MAX_IN_FLIGHT get 503 with Retry-After', async () => {
    const under = await startLonelyGateway({ MAX_IN_FLIGHT: '1', TENANT_TIMEOUT_MS: '1000' });
    // The body never ends, so this one stays in flight.
    const held = request(`${under.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    held.on('error', () => undefined);
    held.write('{');
    await sleep(100);
    const refused = await fetch(`${under.url}/problems/not_found`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(((await refused.json()) as { code: string }).code).toBe('overloaded');
    held.destroy();
    await expect.poll(async () => (await fetch(`${under.url}/problems/not_found`)).status).toBe(200);
    await under.close();
  });

  it.each([
    ['is idle exits 0', false, 0],
    ['has a request that never ends exits 1 at the deadline', true, 1],
  ])('of a process that %s', async (_what, isStuck, expected) => {
    const child = spawn(process.execPath, ['src/main.ts'], {
      env: { ...process.env, ...remoteEnv, SHUTDOWN_TIMEOUT_MS: '2000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const port = await portOf(child.stdout);
    const held = request(`http://127.0.0.1:${port}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    held.on('error', () => undefined);
    if (isStuck) held.write('{');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const startedAt = performance.now();
    child.kill('SIGTERM');
    const [code] = await exited;
    held.destroy();
    expect(code).toBe(expected);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

const remoteEnv = {
  PORT: '0',
  ADMIN_PORT: '0',
  AUTH0_DOMAIN: 'tenant.example',
  AUTH0_BASE_URL: 'http://127.0.0.1:1',
  AUTH0_CLIENT_ID: 'x',
  AUTH0_CLIENT_SECRET: 'x',
  AUTH0_API_AUDIENCE: 'urn:x',
  SESSION_SECRETS: 'a-secret-of-the-tests-that-is-32-bytes-or-more',
};

/** The port in the log line that says that the gateway listens. */
async function portOf(stdout: Readable): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url !== undefined) return new URL(url).port;
  }
  throw new Error('the process ended before it listened');
}

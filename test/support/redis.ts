import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { makeFolder } from './folder.ts';
import { endWithRun } from './programs.ts';
import { pathOf } from './requirements.ts';

/** A Redis server of a test, which keeps its port over restarts. */
export interface RedisUnderTest {
  readonly port: number;
  readonly url: string;
  /** Runs one command on a new connection. */
  command(name: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** Sends a signal: SIGKILL ends it, SIGSTOP pauses it, SIGCONT continues it. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Restarts it without data after it was killed. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** How a test's own client gets in. */
export interface RedisAccess {
  readonly password?: string;
  readonly tls?: { readonly ca: string };
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the program with these arguments, which make it listen on `port`. `options` are those of a client of its own. */
export async function startRedisProgram(
  port: number,
  args: readonly string[],
  options: RedisAccess = {},
): Promise<RedisUnderTest> {
  let server: ChildProcess;

  async function command(name: string, ...rest: readonly (string | number)[]): Promise<unknown> {
    const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => null, ...options });
    redis.on('error', () => undefined);
    try {
      return await redis.call(name, ...rest);
    } finally {
      redis.disconnect();
    }
  }

  async function start(): Promise<void> {
    server = endWithRun(spawn(pathOf('redis'), args, { stdio: 'ignore' }));
    for (;;) {
      const answer = await command('PING').catch(() => undefined);
      if (answer === 'PONG') return;
      if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command,
    signal: async (name) => (name === 'SIGKILL' ? kill() : void server.kill(name)),
    restart: start,
    close: kill,
  };
}

/** Starts a server that keeps nothing on disk. `settings` are arguments such as `--requirepass x`. */
export async function startRedis(
  settings: readonly string[] = [],
  options: RedisAccess = {},
): Promise<RedisUnderTest> {
  const port = await findFreePort();
  const listening = options.tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)];
  const memory = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', makeFolder()];
  return startRedisProgram(port, [...listening, ...memory, ...settings], options);
}

/** Resolves when the answer to a command contains a text. @throws Error where it does not come to */
export async function untilSays(
  server: RedisUnderTest,
  [name, ...args]: readonly [string, ...string[]],
  wanted: string,
): Promise<void> {
  await vi.waitUntil(async () => String(await server.command(name, ...args)).includes(wanted), {
    timeout: 20_000,
    interval: 50,
  });
}

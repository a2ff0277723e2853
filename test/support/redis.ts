import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
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

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a server without persistence. `settings` are arguments such as `--requirepass x`. */
export async function startRedis(
  settings: readonly string[] = [],
  password?: string,
): Promise<RedisUnderTest> {
  const port = await findFreePort();
  const folder = makeFolder();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  let server: ChildProcess;

  async function command(name: string, ...rest: readonly (string | number)[]): Promise<unknown> {
    const redis = new Redis({
      port,
      host: '127.0.0.1',
      retryStrategy: () => null,
      ...(password !== undefined && { password }),
    });
    redis.on('error', () => undefined);
    try {
      return await redis.call(name, ...rest);
    } finally {
      redis.disconnect();
    }
  }

  async function start(): Promise<void> {
    server = endWithRun(spawn(pathOf('redis'), [...args, ...settings], { stdio: 'ignore' }));
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

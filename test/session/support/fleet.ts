import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { endWithRun } from '../../support/programs.ts';
import type { World } from '../../support/world.ts';
import type { ReplicaOrder } from './replica-process.ts';

/** One of several gateways, in a separate process. */
export interface Replica {
  readonly url: string;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

export interface Fleet {
  readonly replicas: readonly Replica[];
  /** Moves the clocks of all gateways and of the tenant. */
  travel(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const script = new URL('replica-process.ts', import.meta.url);

async function ask(child: ChildProcess, message: object): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(message);
  const [reply] = (await Promise.race([
    answer,
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`a replica ended: ${code}`))),
  ])) as unknown[];
  return reply;
}

/** Starts gateways for the tenant of a world, each in a separate process. */
export async function startFleet(
  { tenant, link, clock }: World,
  count: number,
  env: Readonly<Record<string, string>>,
): Promise<Fleet> {
  const children = Array.from({ length: count }, () => endWithRun(fork(script, { stdio: 'inherit' })));
  const order: ReplicaOrder = { env, link, caPem: tenant.caPem, offsetS: clock.offsetS };
  const living = () => children.filter((child) => child.exitCode === null && child.signalCode === null);
  const replies = await Promise.all(children.map((child) => ask(child, order)));

  async function kill(child: ChildProcess): Promise<void> {
    if (!living().includes(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  return {
    replicas: children.map((child, i) => ({
      url: (replies[i] as { url: string }).url,
      kill: () => kill(child),
    })),
    async travel(seconds) {
      clock.offsetS += seconds;
      await Promise.all(living().map((child) => ask(child, { offsetS: clock.offsetS })));
    },
    close: async () => void (await Promise.all(children.map(kill))),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { makeFolder } from './folder.ts';
import { endWithRun } from './programs.ts';
import type { World } from './world.ts';

/** A gateway in a separate process. */
export interface GatewayProcess {
  readonly url: string;
  readonly metricsUrl: string;
  readonly pid: number;
  /** Undefined while it runs. */
  readonly exitCode: number | null;
  /** Its log output. */
  readonly lines: readonly string[];
  kill(): Promise<void>;
}

/** The connection settings of a tenant. */
interface TenantAtHand {
  readonly tenant: Pick<World['tenant'], 'caPem' | 'domain'>;
  readonly link: Pick<World['link'], 'clientId' | 'credential'>;
}

/**
 * Starts the real program for the tenant of a world; resolves when it listens. `launcher` is a program with arguments that
 * starts it, which sets limits for example.
 */
export async function startGatewayProcess(
  { tenant, link }: TenantAtHand,
  env: Readonly<Record<string, string>>,
  launcher: readonly string[] = [],
): Promise<GatewayProcess> {
  const cwd = makeFolder();
  const authorities = path.join(cwd, 'ca.pem');
  writeFileSync(authorities, tenant.caPem);
  if (!('secret' in link.credential)) throw new Error('the link has no secret');
  const [program, ...args] = [...launcher, process.execPath, path.resolve('src/main.ts')];
  const child = spawn(program, args, {
    cwd,
    env: {
      PORT: '0',
      ADMIN_PORT: '0',
      NODE_EXTRA_CA_CERTS: authorities,
      AUTH0_DOMAIN: tenant.domain,
      AUTH0_CLIENT_ID: link.clientId,
      AUTH0_CLIENT_SECRET: link.credential.secret,
      AUTH0_API_AUDIENCE: 'urn:worldmappers',
      SESSION_SECRETS: 'a secret of the tests that is long enough',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithRun(child);
  const lines: string[] = [];
  const heard = await new Promise<{ url: string; metrics_port: number }>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${lines.join('\n')}`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const entry = line.startsWith('{') ? JSON.parse(line) : {};
      if (entry.msg === 'listening') resolve(entry);
    });
  });
  return {
    // The IPv4 loopback address, where the gateway listens; `localhost` may resolve to ::1 first.
    url: heard.url.replace('localhost', '127.0.0.1'),
    metricsUrl: `http://127.0.0.1:${heard.metrics_port}/metrics`,
    pid: child.pid ?? 0,
    lines,
    get exitCode() {
      return child.exitCode;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

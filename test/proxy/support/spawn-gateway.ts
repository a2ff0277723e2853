import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { startKeyServer } from '../../bearer/support/key-server.ts';
import { clientId, issuer, makeRsaKey } from '../../bearer/support/signer.ts';
import { makeFolder } from '../../support/folder.ts';
import { endWithRun } from '../../support/programs.ts';

export interface SpawnedGateway {
  readonly url: string;
  readonly pid: number;
  /** A metric without labels. */
  readMetric(name: string): Promise<number>;
  /** The resident memory of the process, in bytes. */
  readResidentBytes(): Promise<number>;
}

/** A gateway in a separate process, which ends after the test. */
export async function spawnGateway(
  rows: readonly unknown[],
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedGateway> {
  const cwd = makeFolder();
  writeFileSync(path.join(cwd, 'routes.json'), JSON.stringify({ routes: rows }));
  const tenant = await startKeyServer(issuer, [makeRsaKey('k1').jwk]);
  const child = spawn(process.execPath, [path.resolve('src/main.ts')], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ADMIN_PORT: '0',
      STORE_URL: 'sqlite::memory:',
      ROUTES_FILE: 'routes.json',
      AUTH0_DOMAIN: new URL(issuer).host,
      AUTH0_BASE_URL: tenant.url,
      AUTH0_CLIENT_ID: clientId,
      AUTH0_CLIENT_SECRET: 'a-secret-of-the-tests',
      AUTH0_API_AUDIENCE: 'urn:worldmappers',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithRun(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await tenant.close();
  });
  for await (const line of createInterface(child.stdout)) {
    const { msg, url, metrics_port } = JSON.parse(line) as Record<string, string>;
    if (msg !== 'listening' || url === undefined) continue;
    child.stdout.resume();
    const readMetric = async (name: string): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${metrics_port}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
    };
    return {
      url: url.replace('localhost', '127.0.0.1'),
      pid: child.pid ?? 0,
      readMetric,
      readResidentBytes: () => readMetric('process_resident_memory_bytes'),
    };
  }
  throw new Error('the gateway did not start');
}

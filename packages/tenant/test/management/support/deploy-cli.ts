import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { TestTenant } from '../../support/start-test-tenant.ts';

const run = promisify(execFile);
const cli = createRequire(import.meta.url).resolve('auth0-deploy-cli');
const limitMs = 600_000;

/** Records each address that the process connects to, before the process loads anything else. */
const recorder = `
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  appendFileSync(process.env.CONNECTS, JSON.stringify([first.host ?? first.path ?? first, first.port]) + '\\n');
  return connect.apply(this, args);
};
`;

export interface DeployCli {
  /** Writes the tenant to a file and reads it back. */
  dump(name: string): Promise<Readonly<Record<string, unknown>>>;
  /** Applies that file to the tenant. */
  deploy(file: string): Promise<void>;
  readonly fileOf: (name: string) => string;
  /** The output of the program so far. */
  readonly output: () => string;
  /** \`host:port\` of its connections so far, without duplicates. */
  connections(): Promise<string[]>;
}

/** auth0-deploy-cli in a process of its own, with a configuration file, over TLS; without `only`, for all resources. */
export async function createDeployCli(
  folder: string,
  { tenant }: TestTenant,
  only: readonly string[] | undefined,
): Promise<DeployCli> {
  const place = (name: string) => join(folder, `${tenant.domain.replace(':', '-')}-${name}`);
  const [config, ca, connects, preload] = ['config.json', 'ca.pem', 'connects', 'recorder.mjs'].map(place);
  const { client_id, client_secret } = tenant.credentials('management') ?? {};
  const settings = {
    AUTH0_DOMAIN: tenant.domain,
    AUTH0_CLIENT_ID: client_id,
    AUTH0_CLIENT_SECRET: client_secret,
    ...(only && { AUTH0_INCLUDED_ONLY: only }),
    AUTH0_API_MAX_RETRIES: 1,
  };
  await writeFile(String(config), JSON.stringify(settings));
  await writeFile(String(ca), tenant.caPem);
  await writeFile(String(connects), '');
  await writeFile(String(preload), recorder);
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: ca,
    CONNECTS: connects,
    NODE_OPTIONS: `--import ${pathToFileURL(String(preload)).href}`,
  };
  let output = '';
  const call = async (...args: string[]): Promise<void> => {
    const options = { env, cwd: folder, timeout: limitMs, killSignal: 'SIGKILL' as const };
    const outcome = await run(
      process.execPath,
      [cli, ...args, '--config_file', String(config)],
      options,
    ).catch((error: Error & { stdout: string; stderr: string }) => error);
    output += outcome.stdout + outcome.stderr;
    if (outcome instanceof Error) throw new Error(`${outcome.message}\n${output}`);
  };
  const fileOf = (name: string) => join(place(name), 'tenant.yaml');
  return {
    fileOf,
    output: () => output,
    async dump(name) {
      await call('export', '--format', 'yaml', '--output_folder', place(name));
      return parse(await readFile(fileOf(name), 'utf8'));
    },
    deploy: (file) => call('import', '--input_file', file),
    async connections() {
      const lines = (await readFile(String(connects), 'utf8')).trim().split('\n');
      return [...new Set(lines.map((line) => JSON.parse(line).join(':')))];
    },
  };
}

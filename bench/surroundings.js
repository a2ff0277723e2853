import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './fleet.js';
import { findPort } from './server.js';

const here = import.meta.dirname;

/** Starts a server and waits until it listens. Returns the port. */
async function startListener(fleet, name, { outDir, loadCore }, toCommand) {
  const port = await findPort();
  const [command, ...args] = toCommand(port);
  const logFile = join(outDir, `${name}.log`);
  const child = fleet.start(command, args.map(String), { core: loadCore, cwd: outDir, logFile });
  while (isAlive(child)) {
    if (await listens(port)) return port;
    await sleep(20);
  }
  throw new Error(`${name} did not start: see ${logFile}`);
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Starts the dependencies of the servers, on the core of the load: `{ tenantUrl, upstreamUrl, redisPort? }`. */
export async function startSurroundings(fleet, run, { needsRedis }) {
  const tenantFile = join(run.outDir, 'tenant.json');
  writeFileSync(tenantFile, JSON.stringify({ jwks: run.tokens.jwks, tokenAnswer: run.tokens.answer }), {
    mode: 0o600,
  });
  const script =
    (name, ...args) =>
    (port) => [process.execPath, join(here, `${name}.js`), port, ...args];
  const redis = (port) => [
    'redis-server',
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const [tenant, upstream, redisPort] = await Promise.all([
    startListener(fleet, 'tenant', run, script('tenant', run.issuer, tenantFile)),
    startListener(fleet, 'upstream', run, script('upstream')),
    needsRedis ? startListener(fleet, 'redis', run, redis) : undefined,
  ]);
  const toUrl = (port) => `http://127.0.0.1:${port}`;
  return { tenantUrl: toUrl(tenant), upstreamUrl: toUrl(upstream), redisPort };
}

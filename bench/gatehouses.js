import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientId } from './tokens.js';

const here = import.meta.dirname;
const secret = 'bench-session-secret-of-no-worth-anywhere';
const kilobyteRow = { methods: ['GET'], guard: { scopes: ['geocode:location'] }, token: 'user', retry: 1 };

/**
 * Gatehouses of different sizes: sessions in the store, how many of them the load uses, further rows in the routes file, entries of the
 * deny list.
 */
const sizes = [
  { id: 'gatehouse', sessions: 1_000, used: 1_000 },
  { id: 'gatehouse-redis', sessions: 1, used: 1, store: 'redis' },
  { id: 'gatehouse-start', sessions: 1, used: 1 },
  { id: 'gatehouse-1', sessions: 1, used: 1 },
  { id: 'gatehouse-signin', sessions: 1, used: 1 },
  { id: 'gatehouse-100k', sessions: 100_000, used: 1_000 },
  { id: 'gatehouse-10k-routes', sessions: 1, used: 1, rows: 10_000 },
  { id: 'gatehouse-80k-denied', sessions: 1, used: 1, denied: 80_000 },
];

function toLocation({ id, store }, run) {
  if (store === 'redis')
    return { kind: 'redis', host: '127.0.0.1', port: run.redisPort, database: 0, tls: false };
  return { kind: 'sqlite', file: join(run.outDir, `${id}.db`) };
}

const toStoreUrl = ({ kind, file, port }) =>
  kind === 'redis' ? `redis://127.0.0.1:${port}` : `sqlite:${file}`;

function writeRoutes(file, rows, upstream) {
  const further = Array.from({ length: rows }, (_, n) => ({ path: `/upstream/row-${n}/*` }));
  const paths = [
    ...further,
    { path: '/upstream/kilobyte' },
    { path: '/upstream/limited', limit: { per_caller: '9999999/s' } },
  ];
  writeFileSync(file, JSON.stringify({ routes: paths.map((row) => ({ ...row, ...kilobyteRow, upstream })) }));
}

/** Gatehouse with default settings and all features, logging to a file. */
function toGatehouse(size, main) {
  const { id, sessions: count, used, rows = 0, denied = 0, store } = size;
  return {
    id,
    title: 'Gatehouse',
    auth: true,
    needsRedis: store === 'redis',
    version: () => JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8')).version,
    /** Fills the store. Returns the cookies that the load uses in turn. */
    async prepare(fleet, run) {
      const location = toLocation(size, run);
      for (const end of ['', '-wal', '-shm']) rmSync(`${location.file ?? ''}${end}`, { force: true });
      const cookieFile = join(run.outDir, `${id}.cookies`);
      const { audience, scope, tokens } = run;
      const filling = {
        location,
        secret,
        accessToken: tokens.good,
        audience,
        scope,
        count,
        used,
        denied,
        cookieFile,
      };
      await fleet.run(process.execPath, [join(here, 'fill-sessions.ts'), JSON.stringify(filling)], {
        core: run.serverCore,
      });
      const good = readFileSync(cookieFile, 'utf8').split('\n', 1)[0];
      return { file: cookieFile, good, bad: `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}` };
    },
    toProcess: (run, port, adminPort) => {
      const routesFile = join(run.outDir, `${id}.json`);
      writeRoutes(routesFile, rows, run.upstreamUrl);
      return {
        command: process.execPath,
        args: [main],
        env: {
          // As in `npm start`: compiled modules are cached from the second start on.
          NODE_COMPILE_CACHE: join(run.outDir, 'compile-cache'),
          AUTH0_DOMAIN: run.domain,
          AUTH0_BASE_URL: run.tenantUrl,
          AUTH0_CLIENT_ID: clientId,
          AUTH0_CLIENT_SECRET: 'bench-client-secret-of-no-worth-anywhere',
          AUTH0_API_AUDIENCE: run.audience,
          SESSION_SECRETS: secret,
          STORE_URL: toStoreUrl(toLocation(size, run)),
          ROUTES_FILE: routesFile,
          PORT: String(port),
          ADMIN_PORT: String(adminPort),
          PUBLIC_URL: `http://127.0.0.1:${port}`,
          // The addresses are still counted; the load comes from one address.
          RATE_LIMIT_SIGNIN_ACCOUNT: '1000000/15m',
          RATE_LIMIT_SIGNIN_IP: '1000000/15m',
          ADDRESS_SHARE_EXEMPT: '127.0.0.1',
        },
      };
    },
  };
}

/** The Gatehouses of a run; `main` is the src/main.ts that they start. */
export const toGatehouses = (main) => sizes.map((size) => toGatehouse(size, main));

import { readConfig } from '../../src/config/read-config.ts';
import type { TenantLink } from '../../src/deps.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import { createLogOutput } from '../../src/observe/logger.ts';
import type { Tracing } from '../../src/observe/tracing.ts';
import { ownRoutes } from '../../src/resources/own-routes.ts';
import { readRoutes } from '../../src/resources/routes-file/read-routes.ts';
import { makeFolder } from './folder.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface GatewayUnderTest {
  readonly gateway: Gateway;
  /** Its origin. */
  readonly url: string;
  /** All log lines. */
  readonly lines: LogLine[];
  /** The raw text of the log, to check that it contains no secret. */
  logText(): string;
  close(): Promise<void>;
}

/** A gateway on a free port, configured by environment variables as in production. */
export async function startGatewayUnderTest(
  env: Readonly<Record<string, string>>,
  tenant: TenantLink,
  clock: TravelClock = createTravelClock(),
  tracing?: Tracing,
): Promise<GatewayUnderTest> {
  // The revocation feed calls the tenant in the background: it would use up faults of tests, and be counted with their calls.
  const base = { PORT: '0', ADMIN_PORT: '0', STORE_URL: 'sqlite::memory:', REVOCATION_FEED: 'off' };
  const read = readConfig(
    { ...base, ...env },
    // An empty folder, so that no `.env` of the checkout is read.
    { cwd: makeFolder() },
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const added = await readRoutes(read.config, ownRoutes(), read.lookUp);
  if (!added.ok) throw new Error(JSON.stringify(added.faults));
  const lines: LogLine[] = [];
  const texts: string[] = [];
  const sink = {
    write(text: string) {
      texts.push(text);
      lines.push(JSON.parse(text) as LogLine);
    },
  };
  const gateway = await startGateway({
    config: read.config,
    tenant,
    sessionSecrets: read.config.sessionSecrets ?? ['a secret of the tests, at least 32 bytes long'],
    clock,
    output: createLogOutput(read.config.logLevel, sink),
    version: '0.0.0',
    routes: added.routes,
    tracing,
  });
  await gateway.ready;
  return {
    gateway,
    // The IPv4 loopback address, where the gateway listens; `localhost` may resolve to ::1 first.
    url: `http://127.0.0.1:${gateway.port}`,
    lines,
    logText: () => texts.join(''),
    close: () => gateway.drain(),
  };
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readConfig } from '../../src/config/read-config.ts';
import type { TenantLink } from '../../src/deps.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import { createLogOutput } from '../../src/observe/logger.ts';
import { startTenant, type Tenant } from '../../src/tenant/tenant.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface GatewayUnderTest {
  readonly gateway: Gateway;
  /** Its origin. */
  readonly url: string;
  /** Every line logged so far. */
  readonly lines: LogLine[];
  /** The raw text of the log, for what must not be in it. */
  logText(): string;
  close(): Promise<void>;
}

export interface World extends GatewayUnderTest {
  readonly tenant: Tenant;
  readonly clock: TravelClock;
  /** The link that a further gateway to the same tenant needs. */
  readonly link: TenantLink;
}

/** An empty folder, so that no `.env` of the checkout is read. */
const emptyFolder = (): string => mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'));

/** A gateway on a free port, configured by environment variables as it would be in life. */
export async function startGatewayUnderTest(
  env: Readonly<Record<string, string>>,
  tenant: TenantLink,
  clock: TravelClock = createTravelClock(),
): Promise<GatewayUnderTest> {
  const read = readConfig({ PORT: '0', ADMIN_PORT: '0', ...env }, { cwd: emptyFolder() });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
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
    sessionSecrets: ['a secret of the tests, at least 32 bytes long'],
    clock,
    output: createLogOutput('info', sink),
    version: '0.0.0',
  });
  return {
    gateway,
    // Loopback by number: the gateway listens there, and `localhost` may mean ::1 first.
    url: `http://127.0.0.1:${gateway.port}`,
    lines,
    logText: () => texts.join(''),
    close: () => gateway.drain(),
  };
}

/** A gateway and its embedded tenant, both in this process, nothing on disk. */
export async function startWorld(
  env: Readonly<Record<string, string>> = {},
  seedFile?: string,
): Promise<World> {
  const clock = createTravelClock();
  const tenant = await startTenant({
    clock,
    host: '127.0.0.1',
    port: 0,
    dataFile: ':memory:',
    ...(seedFile && { seedFile }),
    warn: () => undefined,
  });
  setDefaultCACertificates([...getCACertificates('default'), tenant.caPem]);
  const { client_id: clientId, client_secret: secret } = tenant.credentials('gatehouse') ?? {};
  if (clientId === undefined || secret === undefined) throw new Error('no client');
  const link = {
    issuer: tenant.issuer,
    baseUrl: `https://${tenant.domain}`,
    clientId,
    credential: { secret },
  };
  const under = await startGatewayUnderTest(env, link, clock);
  return {
    ...under,
    tenant,
    clock,
    link,
    async close() {
      await under.close();
      await tenant.close();
    },
  };
}

import type { ManagementLink } from '../../auth0/management-client.ts';
import type { Config } from '../../config/config.ts';
import type { TenantLink } from '../../deps.ts';
import { connectTenant } from '../../embedded/connect-tenant.ts';
import { openEmbeddedStore } from '../../embedded/embedded-tenant.ts';
import type { TravelClock } from '../../lib/clock.ts';
import { createLogOutput } from '../../observe/logger.ts';

/** The tenant that is checked. */
export interface DoctorTarget {
  /** Describes it, for messages. */
  readonly where: string;
  readonly link: TenantLink;
  close(): Promise<void>;
}

type Credentials = { readonly client_id: string; readonly client_secret?: string } | undefined;

/** Opens the tenant of a configuration: the one of AUTH0_DOMAIN, or the embedded one, which is started for this time where it does not run. */
export async function openDoctorTarget(config: Config, clock: TravelClock): Promise<DoctorTarget> {
  const { tenant } = config.auth0;
  const log = createLogOutput('silent', { write: () => undefined }).log;
  if (tenant.kind === 'remote') {
    const { link, close } = await connectTenant(config, clock, log);
    return { where: `the tenant ${tenant.domain}`, link, close };
  }
  const running = await findRunning(config);
  if (running) return running;
  const started = await connectTenant(
    { ...config, auth0: { ...config.auth0, tenant: { ...tenant, port: 0 } } },
    clock,
    log,
  );
  // As a gateway does that starts it.
  started.follow(config.publicUrl);
  return { where: 'the embedded tenant', link: started.link, close: started.close };
}

/** The embedded tenant in another process; undefined where none runs. */
async function findRunning(config: Config): Promise<DoctorTarget | undefined> {
  const { tenant } = config.auth0;
  if (tenant.kind !== 'embedded') return undefined;
  const store = await openEmbeddedStore(tenant, { createIfMissing: false }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'NoTenantData') return undefined;
    throw error;
  });
  if (!store) return undefined;
  try {
    const { origin } = store;
    if (origin === undefined) return undefined;
    const issuer = `https://localhost:${tenant.port}/`;
    const own = await store.credentials(tenant.clientId ?? 'gatehouse');
    const machine = await store.credentials('gatehouse-management');
    const secret = tenant.clientSecret ?? own?.client_secret;
    if (own === undefined || secret === undefined)
      throw new Error(`the embedded tenant has no client ${tenant.clientId ?? 'gatehouse'} with a secret`);
    const link: TenantLink = {
      issuer,
      baseUrl: origin,
      browserOrigin: origin,
      clientId: own.client_id,
      credential: { secret },
      management: toManagement({ issuer, baseUrl: origin }, machine),
    };
    return { where: store.where, link, close: () => Promise.resolve() };
  } finally {
    store.close();
  }
}

function toManagement(
  at: Pick<ManagementLink, 'issuer' | 'baseUrl'>,
  machine: Credentials,
): ManagementLink | undefined {
  if (machine?.client_secret === undefined) return undefined;
  return { ...at, clientId: machine.client_id, clientSecret: machine.client_secret };
}

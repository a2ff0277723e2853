import type { Config } from '../../config/config.ts';
import type { TenantLink } from '../../deps.ts';
import { connectTenant } from '../../embedded/connect-tenant.ts';
import type { TravelClock } from '../../lib/clock.ts';
import { createLogOutput } from '../../observe/logger.ts';
import { MANAGEMENT_CLIENT, openEmbeddedTarget } from '../embedded-target.ts';

/** The tenant that is checked. */
export interface DoctorTarget {
  /** Describes it, for messages. */
  readonly where: string;
  readonly link: TenantLink;
  close(): Promise<void>;
}

type EmbeddedConfig = Extract<Config['auth0']['tenant'], { readonly kind: 'embedded' }>;

/**
 * Opens the tenant of a configuration: that of AUTH0_DOMAIN, or the embedded one, which is started for this run if it is
 * not running.
 */
export async function openDoctorTarget(config: Config, clock: TravelClock): Promise<DoctorTarget> {
  const { tenant } = config.auth0;
  if (tenant.kind === 'embedded') return openEmbedded(tenant, config.publicUrl, clock);
  const { log } = createLogOutput('silent', { write: () => undefined });
  const { link, close } = await connectTenant(config, clock, log);
  return { where: `the tenant ${tenant.domain}`, link, close };
}

async function openEmbedded(
  tenant: EmbeddedConfig,
  publicUrl: string,
  clock: TravelClock,
): Promise<DoctorTarget> {
  const { where, issuer, origin, credentials, follow, close } = await openEmbeddedTarget(tenant, {
    clock,
    createIfMissing: true,
    allowMemory: true,
  });
  const name = tenant.clientId ?? 'gatehouse';
  const found = await credentials(name);
  const clientId = tenant.clientId ?? found?.clientId;
  const secret = tenant.clientSecret ?? found?.clientSecret;
  if (clientId === undefined || secret === undefined) {
    await close();
    throw new Error(`the embedded tenant has no client ${name} with a client secret`);
  }
  follow(clientId, publicUrl);
  const machine = await credentials(MANAGEMENT_CLIENT);
  const link: TenantLink = {
    issuer,
    baseUrl: origin,
    browserOrigin: origin,
    clientId,
    credential: { secret },
    management: machine && { ...machine, issuer, baseUrl: origin },
  };
  return { where, link, close };
}

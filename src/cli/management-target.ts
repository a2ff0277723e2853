import { type ManagementAccess, openManagement } from '../auth0/management-access.ts';
import type { ManagementLink } from '../auth0/management-client.ts';
import type { TenantSettings } from '../config/config.ts';
import type { ManagementSettings } from '../config/read-config.ts';
import { createTravelClock } from '../lib/clock.ts';
import { toIssuer } from '../lib/tenant-url.ts';
import { MANAGEMENT_CLIENT, openEmbeddedTarget } from './embedded-target.ts';
import { printMessage } from './output.ts';

/** Access to a Management API. */
export interface ManagementTarget {
  /** Describes the tenant, for messages. */
  readonly where: string;
  readonly management: ManagementAccess;
  close(): Promise<void>;
}

interface Opened {
  readonly where: string;
  readonly link: ManagementLink;
  readonly close: () => Promise<void>;
}

/**
 * Opens the Management API of the real or the embedded tenant, and starts the embedded one for this time if it does not run.
 * `createIfMissing`: whether the embedded tenant's data may be created. Throws `NoTenantPackage` and `NoTenantData`.
 */
export async function openManagementTarget(
  settings: ManagementSettings,
  { createIfMissing = false } = {},
): Promise<ManagementTarget> {
  const { where, link, close } =
    settings.kind === 'embedded' ? await openEmbedded(settings.tenant, createIfMissing) : toRemote(settings);
  const onWait = (seconds: number) => printMessage(`the tenant is busy: waiting ${seconds} s`);
  return { where, management: await openManagement(link, { onWait }), close };
}

function toRemote({ domain, ...settings }: Extract<ManagementSettings, { readonly kind: 'remote' }>): Opened {
  const link = { ...settings, issuer: toIssuer(domain) };
  return { where: `the tenant ${domain}`, link, close: async () => undefined };
}

async function openEmbedded(tenant: TenantSettings, createIfMissing: boolean): Promise<Opened> {
  const { where, issuer, origin, credentials, close } = await openEmbeddedTarget(tenant, {
    clock: createTravelClock(),
    createIfMissing,
  });
  const machine = await credentials(MANAGEMENT_CLIENT);
  if (machine) return { where, link: { ...machine, issuer, baseUrl: origin }, close };
  await close();
  throw new Error(
    `the embedded tenant has no client ${MANAGEMENT_CLIENT} with a client secret: set AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET`,
  );
}

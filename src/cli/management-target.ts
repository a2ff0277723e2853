import { type ManagementAccess, openManagement } from '../auth0/management-access.ts';
import type { ManagementLink } from '../auth0/management-client.ts';
import type { TenantSettings } from '../config/config.ts';
import type { ManagementSettings } from '../config/read-config.ts';
import { openEmbeddedStore, startEmbeddedTenant } from '../embedded/embedded-tenant.ts';
import { createTravelClock } from '../lib/clock.ts';
import { say } from './output.ts';

/** Access to a Management API. */
export interface ManagementTarget {
  /** Describes the tenant, for messages. */
  readonly where: string;
  readonly management: ManagementAccess;
  close(): Promise<void>;
}

const MACHINE = 'gatehouse-management';

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
  const onWait = (seconds: number) => say(`the tenant is busy: waiting ${seconds} s`);
  return { where, management: await openManagement(link, { onWait }), close };
}

function toRemote({ domain, ...settings }: Extract<ManagementSettings, { readonly kind: 'remote' }>): Opened {
  const link = { ...settings, issuer: `https://${domain}/` };
  return { where: `the tenant ${domain}`, link, close: async () => undefined };
}

async function openEmbedded(tenant: TenantSettings, createIfMissing: boolean): Promise<Opened> {
  const store = await openEmbeddedStore(tenant, { createIfMissing });
  try {
    if (store.origin !== undefined) {
      const issuer = `https://localhost:${tenant.port}/`;
      const link = toLink(store.origin, issuer, await store.credentials(MACHINE));
      return { where: store.where, link, close: async () => undefined };
    }
  } finally {
    store.close();
  }
  const started = await startEmbeddedTenant(
    { ...tenant, port: 0 },
    { clock: createTravelClock(), warn: (message) => say(`warning: ${message}`) },
  );
  return {
    where: tenant.dataFile,
    link: toLink(started.origin, started.issuer, started.credentials(MACHINE)),
    close: () => started.close(),
  };
}

function toLink(
  baseUrl: string,
  issuer: string,
  credentials: { readonly client_id: string; readonly client_secret?: string } | undefined,
): ManagementLink {
  if (credentials?.client_secret === undefined)
    throw new Error(
      `the embedded tenant has no client ${MACHINE} with a client secret: set AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET`,
    );
  const { client_id: clientId, client_secret: clientSecret } = credentials;
  return { baseUrl, issuer, clientId, clientSecret };
}

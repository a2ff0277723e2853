import type { TenantSettings } from '../config/config.ts';
import type { ManagementSettings } from '../config/read-config.ts';
import { openEmbeddedStore, startEmbeddedTenant } from '../embedded/embedded-tenant.ts';
import { createTravelClock } from '../lib/clock.ts';
import type { ManagementClient } from './management-api.ts';
import { say } from './output.ts';

/** Access to a Management API. */
export interface ManagementTarget {
  /** Describes the tenant, for messages. */
  readonly where: string;
  readonly client: ManagementClient;
  close(): Promise<void>;
}

const MACHINE = 'gatehouse-management';
const nothing = async (): Promise<void> => undefined;

/** Opens the Management API of the real or the embedded tenant. Starts the embedded one for this time if it does not run. */
export async function openManagementTarget(settings: ManagementSettings): Promise<ManagementTarget> {
  if (settings.kind === 'embedded') return openEmbedded(settings.tenant);
  const { domain, baseUrl, clientId, clientSecret } = settings;
  const client = { baseUrl, audience: `https://${domain}/api/v2/`, clientId, clientSecret };
  return { where: `the tenant ${domain}`, client, close: nothing };
}

async function openEmbedded(tenant: TenantSettings): Promise<ManagementTarget> {
  const store = await openEmbeddedStore(tenant, { createIfMissing: false });
  try {
    if (store.origin !== undefined) {
      const audience = `https://localhost:${tenant.port}/api/v2/`;
      const client = toClient(store.origin, audience, await store.credentials(MACHINE));
      return { where: store.where, client, close: nothing };
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
    client: toClient(started.origin, `${started.issuer}api/v2/`, started.credentials(MACHINE)),
    close: () => started.close(),
  };
}

function toClient(
  baseUrl: string,
  audience: string,
  credentials: { readonly client_id: string; readonly client_secret?: string } | undefined,
): ManagementClient {
  if (credentials?.client_secret === undefined)
    throw new Error(
      `the embedded tenant has no client ${MACHINE} with a client secret: set AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET`,
    );
  return {
    baseUrl,
    audience,
    clientId: credentials.client_id,
    clientSecret: credentials.client_secret,
  };
}

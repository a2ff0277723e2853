import type { TenantSettings } from '../config/config.ts';
import { openEmbeddedStore, startEmbeddedTenant } from '../embedded/embedded-tenant.ts';
import { toFollowing } from '../embedded/follow-gateway.ts';
import type { TravelClock } from '../lib/clock.ts';
import { printMessage } from './output.ts';

/** Client of the seed that may use the Management API. */
export const MANAGEMENT_CLIENT = 'gatehouse-management';

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The embedded tenant as a command reaches it: the process that runs it, or this one for the time of the command. */
export interface EmbeddedTarget {
  /** Describes it, for messages. */
  readonly where: string;
  readonly issuer: string;
  /** Its http origin. */
  readonly origin: string;
  /** Registers the URLs of the gateway for its client, as a gateway does that starts the tenant; nothing for one of another process. */
  readonly follow: (clientId: string, publicUrl: string) => void;
  /** The credentials of a client by its ID or name; undefined if there is none with a client secret. */
  readonly credentials: (client: string) => Promise<Credentials | undefined>;
  readonly close: () => Promise<void>;
}

export interface EmbeddedAccess {
  readonly clock: TravelClock;
  /** Whether the data may be created. */
  readonly createIfMissing: boolean;
  /** Whether a tenant in memory may be started, which ends with the command. */
  readonly allowMemory?: boolean;
}

type Found = { readonly client_id: string; readonly client_secret?: string } | undefined;

const toCredentials = (found: Found): Credentials | undefined =>
  found?.client_secret === undefined
    ? undefined
    : { clientId: found.client_id, clientSecret: found.client_secret };

/** Opens the embedded tenant, and starts it if it is not running. Throws `NoTenantPackage` and `NoTenantData`. */
export async function openEmbeddedTarget(
  tenant: TenantSettings,
  { clock, createIfMissing, allowMemory = false }: EmbeddedAccess,
): Promise<EmbeddedTarget> {
  const store = await openEmbeddedStore(tenant, { createIfMissing }).catch((error: unknown) => {
    const isInMemory =
      error instanceof Error && error.name === 'NoTenantData' && tenant.dataFile === ':memory:';
    if (allowMemory && isInMemory) return undefined;
    throw error;
  });
  if (store?.origin !== undefined)
    return {
      where: store.where,
      issuer: `${new URL(`${tenant.scheme}://${tenant.domain}:${tenant.port}`).origin}/`,
      origin: store.origin,
      follow: () => undefined,
      credentials: async (client) => toCredentials(await store.credentials(client)),
      close: async () => store.close(),
    };
  store?.close();
  const warn = (message: string) => printMessage(`warning: ${message}`);
  const started = await startEmbeddedTenant({ ...tenant, port: 0 }, { clock, warn });
  return {
    where:
      tenant.dataFile === ':memory:' ? 'the embedded tenant' : `the embedded tenant of ${tenant.dataFile}`,
    issuer: started.issuer,
    origin: started.origin,
    follow: (clientId, publicUrl) =>
      started.changeClientUrls(clientId, (urls) => toFollowing(urls, publicUrl)),
    credentials: async (client) => toCredentials(started.credentials(client)),
    close: () => started.close(),
  };
}

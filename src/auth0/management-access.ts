import type { ManagementClient } from 'auth0';

/** The Management API of a tenant, as commands use it. */
export interface ManagementAccess {
  /** Auth0's client: its calls go one after another, and wait where the tenant answers 429. */
  readonly client: ManagementClient;
  /** The canonical domain of the tenant. */
  readonly domain: string;
  /** Identifier of its Management API: `https://<domain>/api/v2/`. */
  readonly audience: string;
  /** The client that owns the credential. */
  readonly clientId: string;
  /** Scopes of the access token, asked for at the first use; undefined where the tenant does not name them. */
  readonly readScopes: () => Promise<ReadonlySet<string> | undefined>;
}

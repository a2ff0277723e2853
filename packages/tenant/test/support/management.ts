import { ManagementClient } from 'auth0';
import {
  type Answer,
  type StoreKind,
  startTestTenant,
  type TestTenant,
  textOf,
} from './start-test-tenant.ts';

export interface ManagedTenant extends TestTenant {
  /** Auth0's own client, without retries, which would hide the tenant's first response. */
  readonly management: ManagementClient;
  /** An access token for the Management API with these scopes; without any, with all. */
  managementToken(scope?: string): Promise<string>;
  /** An HTTP call of the Management API; by default with all scopes. */
  manage(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Starts a tenant and a Management API client for it. */
export async function startManagedTenant(store: StoreKind, seed?: object): Promise<ManagedTenant> {
  const t = await startTestTenant(store, seed);
  const { tenant } = t;
  const client = 'management';
  const { client_id = '', client_secret = '' } = tenant.credentials(client) ?? {};
  const management = new ManagementClient({
    domain: tenant.domain,
    clientId: client_id,
    clientSecret: client_secret,
    maxRetries: 0,
  });
  const managementToken = async (scope?: string): Promise<string> =>
    textOf(
      await t.token(client, {
        grant_type: 'client_credentials',
        audience: `${tenant.issuer}api/v2/`,
        ...(scope !== undefined && { scope }),
      }),
      'access_token',
    );
  const token = await managementToken();
  return {
    ...t,
    management,
    managementToken,
    async manage(method, path, body, headers = {}) {
      const response = await fetch(`${tenant.origin}/api/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const parsed: unknown = text === '' ? {} : JSON.parse(text);
      const json = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
      return { status: response.status, headers: response.headers, text, json };
    },
  };
}

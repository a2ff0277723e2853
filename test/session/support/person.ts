import { type Browser, createBrowser } from '../../support/browser.ts';
import type { World } from '../../support/world.ts';

export const password = 'Correct-Horse-9';

/** Sessions longer than the day of an access token. */
export const longSessions = {
  SESSION_IDLE_S: '1209600',
  SESSION_MAX_S: '2419200',
  RATE_LIMIT_ENABLED: 'false',
};

/** Longer than the lifetime of an access token. */
export const A_DAY_S = 86_400;

/** A new user, signed in with a session in a new browser. */
export async function signInUser(url: string, email: string, extra: object = {}): Promise<Browser> {
  const browser = createBrowser(url);
  await browser.send('POST', '/v1/auth/signup', { body: { email, password } });
  const { status } = await browser.send('POST', '/v1/auth/signin', { body: { email, password, ...extra } });
  if (status !== 200) throw new Error(`the sign-in of ${email} answered ${status}`);
  return browser;
}

/** A call that requires the scopes of an access token. */
export const callApi = (browser: Browser) => browser.send('GET', '/api/location/geocode?q=Oslo');

/** The same user at another replica. */
export function atReplica(browser: Browser, url: string): Browser {
  const other = createBrowser(url);
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

interface TenantRequest {
  /** Time by the tenant's clock (ISO 8601). */
  readonly at: string;
  readonly path: string;
  readonly status?: number;
  /** Parsed; absent until the tenant has read it. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The requests to the tenant from now on; it records the latest 200. */
export function watchTenant({ tenant, clock }: World) {
  const sinceMs = clock.now();
  async function list(path: string): Promise<TenantRequest[]> {
    const response = await fetch(`${tenant.origin}/_tenant/requests`);
    const all = (await response.json()) as TenantRequest[];
    return all.filter((request) => request.path === path && Date.parse(request.at) > sinceMs);
  }
  return {
    tokenCalls: async () => (await list('/oauth/token')).length,
    refreshes: async () =>
      (await list('/oauth/token')).filter(({ body }) => body?.['grant_type'] === 'refresh_token').length,
    revocations: async () => (await list('/oauth/revoke')).length,
    logReads: async () => (await list('/api/v2/logs')).length,
  };
}

async function control({ tenant }: World, method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${tenant.origin}/_tenant${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Injects a fault into the tenant's endpoints. */
export const breakTenant = (world: World, faults: readonly object[]): Promise<void> =>
  control(world, 'PUT', '/faults', faults);

/** Injects a fault into its token endpoint, until `restoreTenant` is called. */
export const tokenFault = (world: World, fault: object): Promise<void> =>
  breakTenant(world, [{ method: 'POST', path: '^/oauth/token$', times: 1000, ...fault }]);

export const restoreTenant = (world: World): Promise<void> => breakTenant(world, []);

export const revokeAtTenant = (world: World, userId: string): Promise<void> =>
  control(world, 'POST', `/users/${encodeURIComponent(userId)}/revoke`, {});

import { type Answer, asBearer, createBrowser, noBrowser } from '../support/browser.ts';
import type { World } from '../support/world.ts';

export const ADMIN_AUDIENCE = 'urn:gatehouse:admin';

/** An administrator. */
export interface Admin {
  readonly token: string;
  /** Calls below `/v1/admin`. */
  send(method: string, path: string, body?: unknown): Promise<Answer>;
}

export const callAdmin = (url: string, token: string, method: string, path: string, body?: unknown) =>
  createBrowser(url).send(method, `/v1/admin${path}`, { body, headers: asBearer(token) });

/** The token of a machine client for the admin API. */
export async function adminTokenOf(
  { url, tenant }: Pick<World, 'url' | 'tenant'>,
  client = 'gatehouse-admin',
): Promise<string> {
  const { status, body } = await createBrowser(url).send('POST', '/v1/oauth/token', {
    body: {
      grant_type: 'client_credentials',
      ...tenant.credentials(client),
      audience: ADMIN_AUDIENCE,
    },
    headers: noBrowser,
  });
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return body.access_token;
}

/** The administrator of the built-in seed, at a gateway of this tenant. */
export async function createAdmin(world: World, url = world.url): Promise<Admin> {
  const token = await adminTokenOf(world);
  return { token, send: (method, path, body) => callAdmin(url, token, method, path, body) };
}

export const pathOf = (userId: string): string => `/users/${encodeURIComponent(userId)}`;

/** Applies a seed to the running tenant. */
export async function seed(
  { tenant }: { readonly tenant: Pick<World['tenant'], 'origin'> },
  wanted: object,
): Promise<void> {
  const answer = await fetch(`${tenant.origin}/_tenant/seed`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ seed: { text: JSON.stringify(wanted) } }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

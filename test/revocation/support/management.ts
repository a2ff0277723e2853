import type { TenantLink } from '../../../src/deps.ts';

/** Calls the Management API of a tenant as its administrator. */
export type Manage = (method: string, path: string, body?: object) => Promise<never>;

/** Gets a token for the machine client of a link. */
export async function createManage({ management }: Pick<TenantLink, 'management'>): Promise<Manage> {
  if (!management) throw new Error('the link has no management client');
  const { baseUrl, issuer, clientId: client_id, clientSecret: client_secret } = management;
  const headers = { 'Content-Type': 'application/json' };
  const audience = `${issuer}api/v2/`;
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret, audience });
  const granted = await fetch(`${baseUrl}/oauth/token`, { method: 'POST', headers, body });
  const { access_token } = (await granted.json()) as { access_token: string };
  return async (method, path, sent) => {
    const answer = await fetch(`${baseUrl}/api/v2/${path}`, {
      method,
      headers: { ...headers, Authorization: `Bearer ${access_token}` },
      ...(sent && { body: JSON.stringify(sent) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as never;
  };
}

/** A user signed in for tokens. */
export interface Bearer {
  readonly id: string;
  readonly token: string;
  /** The status of a call that needs the scopes of the token. */
  readonly call: (url?: string) => Promise<Response>;
}

export const toPath = (id: string): string => `users/${encodeURIComponent(id)}`;

/** Signs up a user, if they do not exist, and signs in for tokens. */
export async function signInForTokens(url: string, email: string, password: string): Promise<Bearer> {
  const headers = { 'Content-Type': 'application/json' };
  const post = (path: string, body: object) =>
    fetch(`${url}/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await post('signup', { email, password });
  const { access_token: token } = (await (await post('signin', { email, password })).json()) as {
    access_token: string;
  };
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sub: string;
  };
  return {
    id: sub,
    token,
    call: (at = url) =>
      fetch(`${at}/api/location/geocode?q=Oslo`, { headers: { Authorization: `Bearer ${token}` } }),
  };
}

import { oauthError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';
import type { AuthenticatedClient } from './authenticate-client.ts';

const THIRD_PARTY_GRANTS: ReadonlySet<string> = new Set([
  'authorization_code',
  'refresh_token',
  'client_credentials',
]);

/** The hints of grants whose dashboard toggle has a different name. */
const GRANT_HINTS: ReadonlyMap<string, Hint> = new Map([
  ['password', 'password_grant'],
  ['http://auth0.com/oauth/grant-type/password-realm', 'password_grant'],
  ['http://auth0.com/oauth/grant-type/passwordless/otp', 'passwordless_grant'],
  ['urn:ietf:params:oauth:grant-type:device_code', 'device_grant'],
  ['urn:okta:params:oauth:grant-type:webauthn', 'passkey_grant'],
]);

/**
 * Throws 403 `unauthorized_client` unless a client may use a grant type: it has it enabled, third parties may use it, and
 * so may public clients if it is one.
 */
export function requireGrantAllowed(
  { client, proven }: AuthenticatedClient,
  type: string,
  forPublicClients: boolean,
): void {
  const forParty = client.is_first_party || THIRD_PARTY_GRANTS.has(type);
  if (client.grant_types.includes(type) && (proven || forPublicClients) && forParty) return;
  throw oauthError(403, 'unauthorized_client', `Grant type '${type}' not allowed for the client.`, {
    hint: forParty ? (GRANT_HINTS.get(type) ?? 'grant_type_disabled') : 'third_party_grant',
    members: { error_uri: 'https://auth0.com/docs/clients/client-grant-types' },
  });
}

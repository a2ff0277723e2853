import { clientCredentials } from './client-credentials.ts';
import type { Grant } from './grant.ts';
import { password, passwordRealm } from './password.ts';
import { refreshToken } from './refresh-token.ts';

/** The grant types that /oauth/token serves. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentials],
  ['password', password],
  ['http://auth0.com/oauth/grant-type/password-realm', passwordRealm],
  ['refresh_token', refreshToken],
]);

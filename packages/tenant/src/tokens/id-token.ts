import type { TenantContext } from '../context.ts';
import { nowS } from '../lib/clock.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { signJwt } from './sign-jwt.ts';
import { userClaims } from './user-claims.ts';

/** Of an ID token, if its client sets no lifetime. */
export const DEFAULT_LIFETIME_S = 36_000;

/**
 * Signs an ID token (OpenID Connect Core §2); `session` adds the claims of a browser sign-in: `sid`, `nonce`,
 * `auth_time`.
 */
export function makeIdToken(
  { clock, keys, issuer }: Pick<TenantContext, 'clock' | 'keys' | 'issuer'>,
  client: Client,
  user: User,
  scope: readonly string[],
  session: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { alg = 'RS256', lifetime_in_seconds = DEFAULT_LIFETIME_S } = client.jwt_configuration;
  const iat = nowS(clock);
  const claims = {
    ...userClaims(user, scope),
    iss: issuer,
    aud: client.client_id,
    sub: user.user_id,
    iat,
    exp: iat + lifetime_in_seconds,
    ...session,
  };
  return signJwt(keys, claims, { alg, secret: client.client_secret });
}

import type { TenantContext } from '../context.ts';
import { nowS } from '../lib/clock.ts';
import { digest, randomHex, randomToken } from '../lib/random.ts';
import type { ResourceServer } from '../state/settings-documents.ts';
import { organizationClaims } from './organization-claims.ts';
import { signJwt } from './sign-jwt.ts';

export interface AccessTokenClaims {
  /** A user id, or `<client id>@clients`. */
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  /** `client-credentials`, `password` …; undefined for redirect sign-ins. */
  readonly gty: string | readonly string[] | undefined;
  /** Thumbprint of the DPoP key to bind the token to; undefined: a bearer token. */
  readonly jkt: string | undefined;
  /** For APIs whose token dialect includes permissions. */
  readonly permissions: readonly string[] | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** Custom claims; they cannot replace the token's own. */
  readonly custom?: Readonly<Record<string, unknown>> | undefined;
  /** Issued by /authorize through the browser; such tokens have a shorter lifetime. */
  readonly forWeb?: boolean | undefined;
}

export interface AccessToken {
  readonly token: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly expiresInS: number;
}

const tokenTypeOf = ({ jkt }: Pick<AccessTokenClaims, 'jkt'>): AccessToken['tokenType'] =>
  jkt === undefined ? 'Bearer' : 'DPoP';

const OPAQUE_LIFETIME_S = 86_400;
const OPAQUE_FOR_WEB_LIFETIME_S = 7200;

/** Signs an access token for an API, in the API's token dialect. */
export async function makeApiToken(
  { clock, keys, issuer, state }: Pick<TenantContext, 'clock' | 'keys' | 'issuer' | 'state'>,
  api: ResourceServer,
  about: AccessTokenClaims,
): Promise<AccessToken> {
  const rfc9068 = api.token_dialect.startsWith('rfc9068');
  const withPermissions = api.enforce_policies && api.token_dialect.endsWith('_authz');
  const alsoUserinfo = about.scope.includes('openid') && api.signing_alg === 'RS256';
  const iat = nowS(clock);
  const lifetimeS = about.forWeb === true ? api.token_lifetime_for_web : api.token_lifetime;
  const claims = {
    ...about.custom,
    iss: issuer,
    sub: about.subject,
    aud: alsoUserinfo ? [api.identifier, `${issuer}userinfo`] : api.identifier,
    iat,
    exp: iat + lifetimeS,
    ...(about.scope.length > 0 && { scope: about.scope.join(' ') }),
    ...(rfc9068
      ? { client_id: about.clientId, jti: randomHex(12) }
      : { ...(about.gty !== undefined && { gty: about.gty }), azp: about.clientId }),
    ...organizationClaims(state, about.organization),
    ...(about.jkt !== undefined && { cnf: { jkt: about.jkt } }),
    ...(withPermissions && { permissions: about.permissions ?? [] }),
  };
  const typ = rfc9068 ? 'at+jwt' : 'JWT';
  const token = await signJwt(keys, claims, { alg: api.signing_alg, secret: api.signing_secret, typ });
  return { token, tokenType: tokenTypeOf(about), expiresInS: lifetimeS };
}

/** An access token for /userinfo only: 32 random characters. */
export function makeOpaqueToken(
  { clock, state }: Pick<TenantContext, 'clock' | 'state'>,
  about: Pick<AccessTokenClaims, 'clientId' | 'scope' | 'forWeb' | 'jkt'> & { readonly userId: string },
): AccessToken {
  const token = randomToken(24);
  const lifetimeS = about.forWeb === true ? OPAQUE_FOR_WEB_LIFETIME_S : OPAQUE_LIFETIME_S;
  state.opaqueTokens.put({
    id: digest(token),
    user_id: about.userId,
    client_id: about.clientId,
    scope: about.scope,
    jkt: about.jkt,
    expires_ms: clock.now() + lifetimeS * 1000,
  });
  return { token, tokenType: tokenTypeOf(about), expiresInS: lifetimeS };
}

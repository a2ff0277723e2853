import type { JWTPayload } from 'jose';
import { GatewayError } from '../errors.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { createTenantJwtVerifier, type RefuseJwt, SKEW_S, type TenantJwtOptions } from './tenant-jwt.ts';

/** The requirements of a sign-in that its ID token must meet. */
export interface IdTokenTerms {
  readonly nonce?: string | undefined;
  /** Maximum seconds since the user signed in. */
  readonly maxAgeS?: number | undefined;
  /** Id or name of the organization. */
  readonly organization?: string | undefined;
}

/**
 * Verifies an ID token from the token endpoint (OIDC Core §3.1.3.7): RS256 signature, iss, aud, exp, and the requirements
 * of the sign-in.
 */
export type VerifyIdToken = (token: string, terms?: IdTokenTerms) => Promise<JWTPayload>;

const refuse: RefuseJwt = (reason, cause) =>
  new GatewayError('tenant_error', { reason: `id_token ${reason}`, cause });

/** Rule 13 of OIDC Core §3.1.3.7. */
function isRecent(authTime: unknown, maxAgeS: number, clock: Clock): boolean {
  return typeof authTime === 'number' && nowS(clock) - authTime <= maxAgeS + SKEW_S;
}

/** Organization names ignore case; a name never has the prefix of an id. */
function isOf(asked: string, { org_id: id, org_name: name }: JWTPayload): boolean {
  if (asked.startsWith('org_')) return id === asked;
  return typeof name === 'string' && name.toLowerCase() === asked.toLowerCase();
}

/**
 * The verifier throws GatewayError `tenant_error` for an invalid token, `access_denied` for one of another organization,
 * `tenant_unavailable` without keys.
 */
export function createIdTokenVerifier(options: TenantJwtOptions): VerifyIdToken {
  const verify = createTenantJwtVerifier(options, { requiredClaims: ['sub', 'exp', 'iat'] }, refuse);
  return async (token, { nonce, maxAgeS, organization } = {}) => {
    const { payload } = await verify(token);
    const hasOtherAudience = Array.isArray(payload.aud) && payload.aud.length > 1;
    if (hasOtherAudience && payload['azp'] !== options.clientId) throw refuse('azp');
    if (payload['nonce'] !== nonce) throw refuse('nonce');
    if (maxAgeS !== undefined && !isRecent(payload['auth_time'], maxAgeS, options.clock))
      throw refuse('auth_time');
    if (organization !== undefined && !isOf(organization, payload))
      throw new GatewayError('access_denied', { reason: 'id_token organization' });
    return payload;
  };
}

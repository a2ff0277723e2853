import type { JWTPayload } from 'jose';
import { GatewayError } from '../errors.ts';
import { createTenantJwtVerifier, type RefuseJwt, type TenantJwtOptions } from './tenant-jwt.ts';

/**
 * Verifies an ID token that came straight from the token endpoint (OIDC Core §3.1.3.7): RS256 signature, iss, aud, exp,
 * and the nonce where one was sent.
 */
export type VerifyIdToken = (token: string, nonce?: string) => Promise<JWTPayload>;

const refuse: RefuseJwt = (reason, cause) =>
  new GatewayError('tenant_error', { reason: `id_token ${reason}`, cause });

/** The verifier throws GatewayError `tenant_error` for a token that does not hold, `tenant_unavailable` without keys. */
export function createIdTokenVerifier(options: TenantJwtOptions): VerifyIdToken {
  const verify = createTenantJwtVerifier(options, { requiredClaims: ['sub', 'exp', 'iat'] }, refuse);
  return async (token, nonce) => {
    const { payload } = await verify(token);
    const hasOtherAudience = Array.isArray(payload.aud) && payload.aud.length > 1;
    if (hasOtherAudience && payload['azp'] !== options.clientId) throw refuse('azp');
    if (payload['nonce'] !== nonce) throw refuse('nonce');
    return payload;
  };
}

import type { KeyObject } from 'node:crypto';
import { errors, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import type { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

export const SKEW_S = 60;

/** Finds a key of the tenant by its id; undefined if there is none. */
export type FindKey = (kid: string, alg: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

export interface TenantJwtOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly findKey: FindKey;
  readonly clock: Clock;
}

/** Creates the error for an invalid token; the reason is for the log. */
export type RefuseJwt = (reason: string, cause?: unknown) => GatewayError;

/**
 * Verifies what ID tokens and logout tokens have in common: RS256 signature by a key of the tenant, `iss`, the gateway's
 * client id as `aud`, and times with a tolerance of one minute. Throws the error of `refuse`, and `tenant_unavailable`
 * without keys.
 */
export function createTenantJwtVerifier(
  { issuer, clientId, findKey, clock }: TenantJwtOptions,
  more: Pick<JWTVerifyOptions, 'requiredClaims' | 'maxTokenAge'>,
  refuse: RefuseJwt,
): (token: string) => Promise<JWTVerifyResult> {
  const fixed = { ...more, issuer, audience: clientId, algorithms: ['RS256'], clockTolerance: SKEW_S };

  async function keyOf({ kid, alg }: { readonly kid?: string; readonly alg: string }): Promise<KeyObject> {
    const key = await findKey(kid ?? '', alg);
    if (!key) throw refuse('kid');
    return key;
  }

  return async (token) => {
    try {
      return await jwtVerify(token, keyOf, { ...fixed, currentDate: new Date(clock.now()) });
    } catch (error) {
      throw error instanceof errors.JOSEError ? refuse(error.code, error) : error;
    }
  };
}

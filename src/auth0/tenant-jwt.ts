import type { KeyObject } from 'node:crypto';
import { errors, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import type { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

export const SKEW_S = 60;

/** Finds a key of the tenant by its id; undefined where the tenant has none such. */
export type FindKey = (kid: string, alg: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

export interface TenantJwtOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly findKey: FindKey;
  readonly clock: Clock;
}

/** Makes the error for a token that does not hold; the reason is for the log. */
export type RefuseJwt = (reason: string, cause?: unknown) => GatewayError;

/**
 * Verifies what ID tokens and logout tokens share: RS256 signature by a key of the tenant, `iss`, our client id as `aud`, times
 * within a minute. It throws what `refuse` makes, and `tenant_unavailable` where the keys are not to be had.
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

import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

const SKEW_S = 60;

/** Finds a key of the tenant by its id; undefined where the tenant has none such. */
export type FindKey = (kid: string, alg: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

export interface IdTokenOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly findKey: FindKey;
  readonly clock: Clock;
}

/**
 * Verifies an ID token that came straight from the token endpoint (OIDC Core §3.1.3.7): RS256 signature, iss, aud, exp,
 * and the nonce where one was sent.
 */
export type VerifyIdToken = (token: string, nonce?: string) => Promise<JWTPayload>;

/** The verifier throws GatewayError `tenant_error` for a token that does not hold, `tenant_unavailable` without keys. */
export function createIdTokenVerifier({ issuer, clientId, findKey, clock }: IdTokenOptions): VerifyIdToken {
  const refuse = (reason: string, cause?: unknown): GatewayError =>
    new GatewayError('tenant_error', { reason: `id_token ${reason}`, cause });
  return async (token, nonce) => {
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid, alg }) => {
          const key = await findKey(kid ?? '', alg);
          if (!key) throw refuse('kid');
          return key;
        },
        {
          issuer,
          audience: clientId,
          algorithms: ['RS256'],
          clockTolerance: SKEW_S,
          currentDate: new Date(clock.now()),
          requiredClaims: ['sub', 'exp', 'iat'],
        },
      );
      const hasOtherAudience = Array.isArray(payload.aud) && payload.aud.length > 1;
      if (hasOtherAudience && payload['azp'] !== clientId) throw refuse('azp');
      if (payload['nonce'] !== nonce) throw refuse('nonce');
      return payload;
    } catch (error) {
      throw error instanceof errors.JOSEError ? refuse(error.code, error) : error;
    }
  };
}

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { createTenantJwtVerifier, type RefuseJwt, SKEW_S, type TenantJwtOptions } from './tenant-jwt.ts';

const MAX_AGE_S = 600;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const TYPES = new Set(['jwt', 'logout+jwt', 'application/logout+jwt']);

const logoutClaims = z
  .object({
    iat: z.number(),
    exp: z.number(),
    jti: z.string().min(1).max(256),
    sub: z.string().min(1).optional(),
    sid: z.string().min(1).optional(),
    events: z.object({ [EVENT]: z.looseObject({}) }),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);

/** The sessions that a logout token ends: those of `sid` if present, otherwise all of `sub`. */
export interface LogoutSubject {
  readonly jti: string;
  readonly sub: string | undefined;
  readonly sid: string | undefined;
}

/** How long a logout token is accepted, in seconds; its `jti` must be stored for this time. */
export const LOGOUT_TOKEN_LIFETIME_S = MAX_AGE_S + 2 * SKEW_S;

const refuse: RefuseJwt = (reason, cause) =>
  new GatewayError('invalid_request', {
    detail: 'The logout token is not valid.',
    reason: `logout_token ${reason}`,
    cause,
  });

/**
 * Verifies a logout token (OIDC Back-Channel Logout 1.0 §2.6): RS256 signature, typ, iss, aud, exp, iat of the last ten
 * minutes, events, jti, sub or sid, no nonce. Throws GatewayError `invalid_request` for an invalid token,
 * `tenant_unavailable` without keys.
 */
export type VerifyLogoutToken = (token: string) => Promise<LogoutSubject>;

export function createLogoutTokenVerifier(options: TenantJwtOptions): VerifyLogoutToken {
  const verify = createTenantJwtVerifier(options, { maxTokenAge: MAX_AGE_S }, refuse);
  return async (token) => {
    const { payload, protectedHeader } = await verify(token);
    if (protectedHeader.typ !== undefined && !TYPES.has(protectedHeader.typ.toLowerCase()))
      throw refuse('typ');
    const parsed = logoutClaims.safeParse(payload);
    if (!parsed.success) throw refuse(String(parsed.error.issues[0]?.path[0] ?? 'subject'));
    const { jti, sub, sid } = parsed.data;
    return { jti, sub, sid };
  };
}

import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { TenantAnswer } from './tenant-call.ts';

/** A successful token response (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
export interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope?: string | undefined;
  readonly id_token?: string | undefined;
  readonly refresh_token?: string | undefined;
}

/** Tokens, with the user's claims if there is an ID token. */
export interface UserTokens extends Tokens {
  readonly subject?: string | undefined;
  /** The claims of the verified ID token. */
  readonly claims?: JWTPayload | undefined;
}

/** Ten years. A longer lifetime is not a plausible number of seconds. */
const MAX_LIFETIME_S = 315_360_000;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().min(1),
  expires_in: z.number().positive().max(MAX_LIFETIME_S).transform(Math.floor),
  scope: z.string().optional(),
  id_token: z.string().min(1).optional(),
  refresh_token: z.string().min(1).optional(),
});

/** The password was correct, and the tenant requires a second factor. */
export interface MfaChallenge {
  /** The tenant's own token; never returned to a caller. */
  readonly mfa_token: string;
  readonly factors: readonly { readonly type: string; readonly enrolled: boolean }[];
}

/** Auth0's names of factors that have a different name in this API. */
const FACTOR_NAMES: Readonly<Record<string, string>> = {
  'push-notification': 'push',
  'recovery-code': 'recovery_code',
};
const factor = z
  .object({ type: z.string().regex(/^[a-z-]{1,30}$/) })
  .transform(({ type }) => (Object.hasOwn(FACTOR_NAMES, type) ? (FACTOR_NAMES[type] ?? type) : type));
const factorList = z.array(factor).catch([]);
const mfaAnswer = z.object({
  error: z.literal('mfa_required'),
  mfa_token: z.string().min(1),
  mfa_requirements: z.object({ challenge: factorList, enroll: factorList }).partial().optional(),
});

/** Undefined if the response does not require a second factor. */
export function toMfaChallenge({ body }: TenantAnswer): MfaChallenge | undefined {
  const parsed = mfaAnswer.safeParse(body);
  if (!parsed.success) return undefined;
  const { mfa_token, mfa_requirements } = parsed.data;
  const enrolled = (mfa_requirements?.challenge ?? []).map((type) => ({ type, enrolled: true }));
  const offered = (mfa_requirements?.enroll ?? []).map((type) => ({ type, enrolled: false }));
  return { mfa_token, factors: [...enrolled, ...offered] };
}

export const isSuccess = ({ status }: TenantAnswer): boolean => status >= 200 && status < 300;

/** @throws GatewayError `tenant_error` for anything but a token response */
export function toTokens(answer: TenantAnswer): Tokens {
  const parsed = tokenAnswer.safeParse(answer.body);
  if (!parsed.success) throw new GatewayError('tenant_error', { reason: 'token_answer' });
  return parsed.data;
}

/**
 * How many seconds a machine client's token is reused: until a minute before it expires, or half of its lifetime if that is
 * longer.
 */
export const toReuseS = (lifetimeS: number): number => Math.max(lifetimeS - 60, lifetimeS / 2);

/** Removes undefined fields, which a form would send as `undefined`. */
export const present = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );

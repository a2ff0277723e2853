import type { TenantContext } from '../context.ts';
import { putBack, takeFromBucket } from '../limits/bucket.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { WireError } from '../wire/errors.ts';
import { hasEnrolled } from './authenticators.ts';
import { isUsable, readGuardian } from './guardian.ts';
import { tooManyCodes } from './mfa-errors.ts';

export type Deps = Pick<TenantContext, 'state' | 'clock' | 'log'>;

/** The user and the purpose of a verification. */
export interface Prover {
  readonly user: User;
  /** Undefined for an enrolment outside of a sign-in. */
  readonly clientId: string | undefined;
  /** What the challenge is bound to. */
  readonly holder: string;
  /** A sign-in that needs its second factor, or an enrolment by a user who has verified one recently. */
  readonly purpose: 'sign-in' | 'enrolment';
}

/**
 * Whether an authenticator is accepted: for a sign-in, a confirmed one; for an enrolment, an unconfirmed one. A sign-in
 * accepts an unconfirmed one only if none is confirmed, because a password alone must not add a factor.
 */
export function isAccepted(deps: Deps, { user, purpose }: Prover, own: Authenticator): boolean {
  if (!isUsable(readGuardian(deps), own)) return false;
  return own.active ? purpose === 'sign-in' : purpose === 'enrolment' || !hasEnrolled(deps, user);
}

/**
 * The result of an attempt. Errors are returned, not thrown, so that the transaction with the attempt's cost is
 * committed.
 */
export type Proof = { readonly refusal: WireError } | { readonly refusal?: undefined };

/** Ten attempts, and one more every six minutes. A successful attempt is not counted. */
const TRIES = { burst: 10, refillMs: 6 * 60 * 1000 };

/** Event codes, by kind of attempt. */
const EVENTS = {
  otp: { limited: 'gd_otp_rate_limit_exceed', failed: 'gd_auth_failed' },
  recovery: { limited: 'gd_recovery_rate_limit_exceed', failed: 'gd_recovery_failed' },
} as const;

/**
 * Makes one attempt within the tenant's rate limit. It is synchronous, so that parallel guesses are limited like
 * sequential ones.
 */
export function tryOnce<P extends Proof>(
  deps: Deps,
  { user, clientId }: Prover,
  kind: keyof typeof EVENTS,
  attempt: () => P,
): P | Proof {
  const { user_id } = user;
  const bucket = `mfa-${kind}:${user_id}`;
  const record = (type: string): void => deps.log.record({ type, user_id, client_id: clientId });
  if (!takeFromBucket(deps, bucket, TRIES)) {
    record(EVENTS[kind].limited);
    return { refusal: tooManyCodes(user_id) };
  }
  const proof = attempt();
  if (proof.refusal) record(EVENTS[kind].failed);
  else putBack(deps, bucket, TRIES);
  return proof;
}

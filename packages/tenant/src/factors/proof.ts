import type { TenantContext } from '../context.ts';
import { putBack, takeFromBucket } from '../limits/bucket.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { WireError } from '../wire/errors.ts';
import { hasEnrolled } from './authenticators.ts';
import { isUsable, readGuardian } from './guardian.ts';
import { tooManyCodes } from './mfa-errors.ts';

export type Deps = Pick<TenantContext, 'state' | 'clock' | 'log'>;

/** Who is proving a factor, and for what. */
export interface Prover {
  readonly user: User;
  readonly clientId: string;
  /** What the challenge was made for. */
  readonly holder: string;
  /** A sign-in that lacks its second factor, or an enrolment by somebody who has given theirs lately. */
  readonly purpose: 'sign-in' | 'enrolment';
}

/**
 * Whether an authenticator can prove anything here: a confirmed one a sign-in; one that waits to be confirmed an
 * enrolment, and a sign-in only while nothing is confirmed, for the password alone adds no factor.
 */
export function counts(deps: Deps, { user, purpose }: Prover, own: Authenticator): boolean {
  if (!isUsable(readGuardian(deps), own)) return false;
  return own.active ? purpose === 'sign-in' : purpose === 'enrolment' || !hasEnrolled(deps, user);
}

/** What became of an attempt: refusals are returned, not thrown, so that what they cost is kept. */
export type Proof = { readonly refusal: WireError } | { readonly refusal?: undefined };

/** Ten tries, and one more every six minutes. A success costs nothing. */
const tries = { burst: 10, refillMs: 6 * 60 * 1000 };

/** Event codes of the log, by what is tried. */
const events = {
  otp: { limited: 'gd_otp_rate_limit_exceed', failed: 'gd_auth_failed' },
  recovery: { limited: 'gd_recovery_rate_limit_exceed', failed: 'gd_recovery_failed' },
} as const;

/**
 * Lets a user try once, within the tenant's limit. Everything in it is synchronous, so of any number of parallel
 * guesses only as many are looked at as one after the other.
 */
export function tryOnce<P extends Proof>(
  deps: Deps,
  { user, clientId }: Prover,
  kind: keyof typeof events,
  attempt: () => P,
): P | Proof {
  const { user_id } = user;
  const bucket = `mfa-${kind}:${user_id}`;
  const note = (type: string): void => deps.log.record({ type, user_id, client_id: clientId });
  if (!takeFromBucket(deps, bucket, tries)) {
    note(events[kind].limited);
    return { refusal: tooManyCodes(user_id) };
  }
  const proof = attempt();
  if (proof.refusal) note(events[kind].failed);
  else putBack(deps, bucket, tries);
  return proof;
}

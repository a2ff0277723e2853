import type { TenantContext } from '../context.ts';
import type { WireError } from '../errors.ts';
import type { User } from '../state/user-documents.ts';
import { putBack, takeFromBucket } from '../users/bucket.ts';
import { tooManyCodes } from './mfa-errors.ts';

export type Deps = Pick<TenantContext, 'state' | 'clock' | 'log'>;

/** Who is proving a factor, and which of their authenticators count. */
export interface Prover {
  readonly user: User;
  readonly clientId: string;
  /** What the challenge was made for. */
  readonly holder: string;
  /** Whether confirmed authenticators count. */
  readonly mayUse: boolean;
  /** Whether one that waits to be confirmed counts, and is confirmed by the proof. */
  readonly mayConfirm: boolean;
}

/** What became of an attempt: refusals are returned, not thrown, so that what they cost is kept. */
export type Proof = { readonly refusal: WireError } | { readonly refusal?: undefined };

/** Ten tries, and one more every six minutes. A success costs nothing. */
const tries = { burst: 10, refillMs: 6 * 60 * 1000 };

/**
 * Lets a user try once, within the tenant's limit. Everything in it is synchronous, so of any number of parallel
 * guesses only as many are looked at as one after the other.
 */
export function tryOnce<P extends Proof>(
  deps: Deps,
  user: User,
  kind: 'otp' | 'recovery',
  attempt: () => P,
): P | Proof {
  const bucket = `mfa-${kind}:${user.user_id}`;
  const logType = kind === 'otp' ? 'gd_otp_rate_limit_exceed' : 'gd_recovery_rate_limit_exceed';
  if (!takeFromBucket(deps, bucket, tries)) return { refusal: tooManyCodes(user.user_id, logType) };
  const proof = attempt();
  if (!proof.refusal) putBack(deps, bucket, tries);
  return proof;
}

import type { TenantContext } from '../context.ts';

export interface BucketSize {
  readonly burst: number;
  /** Milliseconds until one more is allowed. */
  readonly refillMs: number;
}

/** Takes one token from a bucket. False if it is empty. One synchronous step. */
export function takeFromBucket(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  id: string,
  { burst, refillMs }: BucketSize,
): boolean {
  const now = clock.now();
  return state.transaction(() => {
    const kept = state.buckets.get(id);
    // If the clock is set back, the elapsed time counts as zero.
    const refilled = kept ? Math.max(0, now - kept.at_ms) / refillMs : 0;
    const tokens = Math.min(burst, kept ? kept.tokens + refilled : burst);
    if (tokens < 1) return false;
    state.buckets.put({ id, tokens: tokens - 1, at_ms: now, expires_ms: now + burst * refillMs });
    return true;
  });
}

/** Returns a token to the bucket. */
export function putBack(
  { state }: Pick<TenantContext, 'state'>,
  id: string,
  { burst }: Pick<BucketSize, 'burst'>,
): void {
  state.transaction(() => {
    const kept = state.buckets.get(id);
    if (kept) state.buckets.put({ ...kept, tokens: Math.min(burst, kept.tokens + 1) });
  });
}

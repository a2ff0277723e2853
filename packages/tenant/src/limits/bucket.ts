import type { TenantContext } from '../context.ts';

export interface BucketSize {
  readonly burst: number;
  /** Milliseconds after which one more is allowed. */
  readonly refillMs: number;
}

/** Takes one from the bucket of that name. False where it is empty. One synchronous step. */
export function takeFromBucket(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  id: string,
  { burst, refillMs }: BucketSize,
): boolean {
  const now = clock.now();
  return state.transaction(() => {
    const kept = state.buckets.get(id);
    // A clock that was set back refills nothing, and takes nothing away.
    const refilled = kept ? Math.max(0, now - kept.at_ms) / refillMs : 0;
    const tokens = Math.min(burst, kept ? kept.tokens + refilled : burst);
    if (tokens < 1) return false;
    state.buckets.put({ id, tokens: tokens - 1, at_ms: now, expires_ms: now + burst * refillMs });
    return true;
  });
}

/** Undoes a taking. */
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

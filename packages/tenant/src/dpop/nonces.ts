import type { TenantContext } from '../context.ts';
import { randomToken } from '../lib/random.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const LIFETIME_MS = 5 * 60 * 1000;

/** The nonce for new proofs (RFC 9449 §8). It changes every five minutes. */
export function currentNonce({ state, clock }: Deps): string {
  return state.transaction(() => {
    const now = clock.now();
    const kept = state.dpopNonces.get();
    if (kept && now - kept.since_ms < LIFETIME_MS) return kept.current;
    const previous = kept && now - kept.since_ms < 2 * LIFETIME_MS ? kept.current : undefined;
    const made = { current: randomToken(24), previous, since_ms: now };
    state.dpopNonces.put(made);
    return made.current;
  });
}

/** Whether a nonce is the current or the previous one. */
export function isFreshNonce(deps: Deps, nonce: unknown): boolean {
  if (typeof nonce !== 'string') return false;
  if (nonce === currentNonce(deps)) return true;
  return nonce === deps.state.dpopNonces.get()?.previous;
}

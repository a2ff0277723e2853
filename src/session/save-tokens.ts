import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStore } from '../store/store.ts';
import type { OpenedSession, SessionCache } from './session-cache.ts';
import type { SessionSeals } from './session-seals.ts';
import type { Ticket } from './ticket.ts';
import type { TokenSet } from './token-set.ts';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

export interface SaveTokensDeps {
  readonly store: Pick<SessionStore, 'save'>;
  readonly seals: SessionSeals;
  readonly cache: Pick<SessionCache, 'reload' | 'remember' | 'forget'>;
  /** Called when new tokens exist only in memory: at the first failure, and after the last attempt. */
  readonly onUnsaved: (error: unknown, isLost: boolean) => void;
}

/** Applies `change` to the stored tokens of a session; calls `beforeRetry` before each further attempt. */
export type SaveTokens = (
  ticket: Ticket,
  opened: OpenedSession,
  change: (tokens: TokenSet) => TokenSet,
  beforeRetry: () => Promise<unknown>,
) => Promise<'saved' | 'ended' | 'lost'>;

/**
 * Saves refreshed tokens by compare-and-swap. Retries for a minute, because only the new refresh token is valid; meanwhile
 * this process uses the tokens in memory.
 */
export function createSaveTokens({ store, seals, cache, onUnsaved }: SaveTokensDeps): SaveTokens {
  async function attempt(ticket: Ticket, opened: OpenedSession, change: (tokens: TokenSet) => TokenSet) {
    for (let base = opened; ; ) {
      const tokens = change(base.tokens);
      if (await store.save(ticket.id, base.version, seals.seal(ticket, base.meta, tokens))) {
        cache.remember(ticket, { ...base, tokens, version: base.version + 1, isCurrent: true });
        return 'saved';
      }
      const moved = await cache.reload(ticket);
      if (!moved) return 'ended';
      base = moved.opened;
    }
  }

  return async (ticket, opened, change, beforeRetry) => {
    const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await attempt(ticket, opened, change);
      } catch (error) {
        const isLost = performance.now() > giveUpAt;
        if (isLost || waitMs === FIRST_WAIT_MS) onUnsaved(error, isLost);
        if (isLost) {
          cache.forget(ticket);
          return 'lost';
        }
        cache.remember(ticket, { ...opened, tokens: change(opened.tokens) });
        await sleep(waitMs, undefined, { ref: false });
        await beforeRetry().catch(() => undefined);
      }
    }
  };
}

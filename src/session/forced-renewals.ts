import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { ReplayStore } from '../store/store.ts';
import type { Ticket } from './ticket.ts';

const EVERY_MS = 60_000;
const KEPT = 5_000;

/**
 * Limits renewals of unexpired access tokens that an upstream refused: one per minute and session, over all replicas.
 * Otherwise an upstream that refuses every token would cause a call to the tenant with each request.
 */
export interface ForcedRenewals {
  /** Reserves the renewal of this minute; false if it is already reserved. */
  take(ticket: Ticket): Promise<boolean>;
  /** Records a finished renewal; this process starts no other within the minute. */
  recordFinished(ticket: Ticket): void;
  /** Whether this process finished no renewal within the last minute. */
  isDue(ticket: Ticket): boolean;
}

export function createForcedRenewals(
  replayStore: Pick<ReplayStore, 'consumeOnce'>,
  clock: Clock,
): ForcedRenewals {
  const finishedAtMs = new RecentMap<string, number>(KEPT);
  return {
    take: ({ id }) => replayStore.consumeOnce(`forced renewal ${id}`, EVERY_MS),
    recordFinished: ({ digest }) => finishedAtMs.set(digest, clock.now()),
    isDue: ({ digest }) => clock.now() - (finishedAtMs.get(digest) ?? Number.NEGATIVE_INFINITY) >= EVERY_MS,
  };
}

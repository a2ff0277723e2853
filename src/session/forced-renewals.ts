import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { ReplayStore } from '../store/store.ts';
import type { Ticket } from './ticket.ts';

const EVERY_MS = 60_000;
const KEPT = 5_000;

/**
 * Renewals of an access token that still lives, because an upstream has refused it: one a minute and session, over all replicas.
 * An upstream that refuses every token would otherwise cost a call to the tenant with each request.
 */
export interface ForcedRenewals {
  /** Takes the one of this minute; false where it was taken. */
  take(ticket: Ticket): Promise<boolean>;
  /** The one that was asked for is over: this process need not ask for another one within the minute. */
  settle(ticket: Ticket): void;
  /** Whether this process knows of none within the last minute. */
  isDue(ticket: Ticket): boolean;
}

export function createForcedRenewals(
  replayStore: Pick<ReplayStore, 'consumeOnce'>,
  clock: Clock,
): ForcedRenewals {
  const settledAtMs = new RecentMap<string, number>(KEPT);
  return {
    take: ({ id }) => replayStore.consumeOnce(`forced renewal ${id}`, EVERY_MS),
    settle: ({ digest }) => settledAtMs.set(digest, clock.now()),
    isDue: ({ digest }) => clock.now() - (settledAtMs.get(digest) ?? Number.NEGATIVE_INFINITY) >= EVERY_MS,
  };
}

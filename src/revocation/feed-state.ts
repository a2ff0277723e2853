import { z } from 'zod';
import type { Texts } from '../store/store.ts';

const NAME = 'revocation-feed';
const MAX_IDS = 10_000;
const MAX_CHECKS = 1_000;

const feedState = z.object({
  /** The latest entry that was applied; undefined: the log was empty. */
  logId: z.string().optional(),
  /** The time up to which the log is applied, by the clock of the replicas. */
  appliedToMs: z.number(),
  readAtMs: z.number(),
  /** Users whose sessions must be checked at the tenant. */
  checks: z.array(z.string()),
  /** Set while all users with sessions are checked: the position of that check. */
  checkAll: z.object({ cursor: z.string().optional() }).optional(),
  /** The client of each client grant, and the user of each consent. */
  clients: z.record(z.string(), z.string()),
  users: z.record(z.string(), z.string()),
});

/** The checkpoint of the feed in the store, from which the next reader of the log continues. */
export type FeedState = z.output<typeof feedState>;

/** The saved state; undefined if there is none or it is invalid. @throws GatewayError `store_unavailable` */
export async function readFeedState(texts: Texts): Promise<FeedState | undefined> {
  const text = await texts.read(NAME);
  if (text === undefined) return undefined;
  try {
    return feedState.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const newest = (ids: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(ids).slice(-MAX_IDS));

/** @throws GatewayError `store_unavailable` */
export async function saveFeedState(texts: Texts, state: FeedState): Promise<void> {
  const bounded = { ...state, clients: newest(state.clients), users: newest(state.users) };
  await texts.write(NAME, JSON.stringify(bounded));
}

/** Adds a user to check; if there are too many, all users are checked. */
export function withCheck(state: FeedState, sub: string): FeedState {
  if (state.checks.includes(sub)) return state;
  if (state.checks.length < MAX_CHECKS) return { ...state, checks: [...state.checks, sub] };
  return { ...state, checks: [], checkAll: {} };
}

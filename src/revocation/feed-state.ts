import { z } from 'zod';
import type { Texts } from '../store/store.ts';

const NAME = 'revocation-feed';
const MAX_IDS = 10_000;
const MAX_CHECKS = 1_000;

const feedState = z.object({
  /** The latest entry that was applied; undefined: the log was empty. */
  logId: z.string().optional(),
  /** Up to when the log is applied, by the clock of the replicas. */
  appliedToMs: z.number(),
  readAtMs: z.number(),
  /** Users whose sessions the tenant is asked about. */
  checks: z.array(z.string()),
  /** Set while all users with sessions are asked about: how far that is. */
  checkAll: z.object({ cursor: z.string().optional() }).optional(),
  /** The client of each client grant, and the user of each consent. */
  clients: z.record(z.string(), z.string()),
  users: z.record(z.string(), z.string()),
});

/** The checkpoint of the feed, in the store: whoever reads the log next goes on from it. */
export type FeedState = z.output<typeof feedState>;

/** A state that nobody has saved yet, or undefined where what was saved cannot be read. @throws GatewayError `store_unavailable` */
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

/** Adds a user to check; with too many of them all users are checked. */
export function withCheck(state: FeedState, sub: string): FeedState {
  if (state.checks.includes(sub)) return state;
  if (state.checks.length < MAX_CHECKS) return { ...state, checks: [...state.checks, sub] };
  return { ...state, checks: [], checkAll: {} };
}

import type { Clock } from '../lib/clock.ts';
import type { Texts } from '../store/store.ts';
import { type ApplyDeps, applyEffect } from './apply-effects.ts';
import { type Effect, type KnownIds, toEffects } from './effects.ts';
import { type FeedState, readFeedState, saveFeedState, withCheck } from './feed-state.ts';
import { type LogEntry, logEntry, logId } from './log-entry.ts';

const TAKE = 100;
/** Users that are asked about between two reads of the log. */
const CHECKS_AT_ONCE = 20;

/** The tenant's log; everything throws GatewayError. */
export interface ReadLog {
  readonly readAfter: (
    logId: string | undefined,
    take: number,
  ) => Promise<{ readonly entries: readonly unknown[]; readonly waitS: number } | undefined>;
  readonly readLatest: () => Promise<{ readonly entries: readonly unknown[]; readonly waitS: number }>;
  readonly readClientGrants: () => Promise<Readonly<Record<string, string>>>;
}

export interface LogFeedDeps extends Omit<ApplyDeps, 'checkUser' | 'checkAll'> {
  readonly log: ReadLog;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly ownManagementClientId: string | undefined;
  /** Checks the sessions of a user at the tenant, and ends those that it has ended. */
  readonly checkUser: (sub: string) => Promise<void>;
  /** The users of a page of all sessions, and the next cursor; see `SessionStore.page`. */
  readonly pageOfSubjects: (
    cursor: string | undefined,
  ) => Promise<{ readonly subjects: readonly string[]; readonly next: string | undefined }>;
}

/** The result of a turn of the feed. */
export interface FeedTurn {
  readonly state: FeedState;
  /** Seconds to wait before the next turn, as the tenant's rate limit asks. */
  readonly waitS: number;
}

const toLogId = (entry: unknown): string | undefined => logId.safeParse(entry).data?.log_id;

export interface LogFeed {
  /**
   * Reads the log from the checkpoint to its end, applies each page, and saves the checkpoint after it. `isHolder` is asked before
   * each page.
   * @throws GatewayError for an outage of the tenant or of the store
   */
  turn(isHolder: () => Promise<boolean>): Promise<FeedTurn | undefined>;
}

export function createLogFeed(deps: LogFeedDeps): LogFeed {
  const { log, texts, clock } = deps;

  /**
   * Starts at the end of the log: the check of all users finds earlier revocations. Saved at once, so that an outage right after
   * it loses no entry.
   */
  async function start(): Promise<FeedState> {
    const { entries } = await log.readLatest();
    const clients = await log.readClientGrants().catch(() => ({}));
    const now = clock.now();
    const id = toLogId(entries[0]);
    const state: FeedState = {
      ...(id !== undefined && { logId: id }),
      appliedToMs: now,
      readAtMs: now,
      checks: [],
      checkAll: {},
      clients: { ...clients },
      users: {},
    };
    await saveFeedState(texts, state);
    return state;
  }

  const toKnown = (state: FeedState): KnownIds => ({
    // Ids come from the log: one may be `constructor`.
    clientOf: (id) => (Object.hasOwn(state.clients, id) ? state.clients[id] : undefined),
    userOf: (id) => (Object.hasOwn(state.users, id) ? state.users[id] : undefined),
    ownManagementClientId: deps.ownManagementClientId,
  });

  /** Remembers whom the ids of an entry belong to. */
  function learn(state: FeedState, entry: LogEntry): void {
    const { request, response, grant_id } = entry.details ?? {};
    if (grant_id !== undefined && entry.user_id !== undefined && entry.type !== 'sapi')
      state.users[grant_id] = entry.user_id;
    const { id, client_id } = response?.body ?? {};
    if (request?.path.startsWith('/api/v2/client-grants') && typeof id === 'string')
      if (typeof client_id === 'string') state.clients[id] = client_id;
  }

  async function applyAll(state: FeedState, effects: readonly Effect[], atMs: number): Promise<FeedState> {
    let after = state;
    const noting = {
      ...deps,
      checkUser: (sub: string) => {
        after = withCheck(after, sub);
      },
      checkAll: () => {
        after = { ...after, checkAll: {} };
      },
    };
    for (const effect of effects) await applyEffect(noting, effect, atMs);
    return after;
  }

  async function applyPage(state: FeedState, entries: readonly unknown[]): Promise<FeedState> {
    let after = state;
    for (const found of entries) {
      const entry = logEntry.safeParse(found).data;
      const id = entry?.log_id ?? toLogId(found);
      if (entry) {
        after = await applyAll(after, toEffects(entry, toKnown(after)), Date.parse(entry.date));
        learn(after, entry);
      }
      if (id !== undefined) after = { ...after, logId: id };
    }
    return after;
  }

  /** Asks about some users; those that are left come with the next turn. */
  async function check(state: FeedState): Promise<FeedState> {
    const now = state.checks.slice(0, CHECKS_AT_ONCE);
    for (const sub of now) await deps.checkUser(sub);
    const checks = state.checks.slice(now.length);
    if (checks.length > 0 || !state.checkAll) return { ...state, checks };
    const { subjects, next } = await deps.pageOfSubjects(state.checkAll.cursor);
    const { checkAll: _, ...rest } = state;
    return {
      ...rest,
      checks: [...new Set(subjects)],
      ...(next !== undefined && { checkAll: { cursor: next } }),
    };
  }

  return {
    async turn(isHolder) {
      let state = (await readFeedState(texts)) ?? (await start());
      for (let isMore = true; isMore; ) {
        if (!(await isHolder())) return undefined;
        const page = await log.readAfter(state.logId, TAKE);
        if (!page) {
          // The tenant keeps its log for some days: the check of all users finds revocations of missing entries.
          state = await start();
          continue;
        }
        state = await applyPage(state, page.entries);
        isMore = page.entries.length >= TAKE && page.waitS === 0;
        const last = logEntry.safeParse(page.entries.at(-1)).data;
        const now = clock.now();
        const isBehind = page.entries.length >= TAKE && last !== undefined;
        state = {
          ...state,
          readAtMs: now,
          appliedToMs: isBehind ? Math.min(Date.parse(last.date), now) : now,
        };
        await saveFeedState(texts, state);
        if (isMore) continue;
        if (page.waitS > 0) return { state, waitS: page.waitS };
      }
      if (state.checks.length > 0 || state.checkAll) {
        state = await check(state);
        await saveFeedState(texts, state);
      }
      return { state, waitS: 0 };
    },
  };
}

import { randomUUID } from 'node:crypto';
import { GatewayError, toErrorCode } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { Locks, Texts } from '../store/store.ts';
import { readFeedState } from './feed-state.ts';
import type { LogFeed } from './log-feed.ts';

const LOCK = 'revocation-feed';
/** A failed holder is replaced within this time and one interval. */
const LOCK_TTL_MS = 6_000;
const BEAT_MS = 1_000;
const BEHIND_AFTER_MS = 30_000;
/** How long the feed leaves the tenant alone that does not let it read the log. */
const REFUSED_WAIT_S = 60;
const REFUSED = 'tenant_misconfigured';
const EVENTS_RETRY_MS = 2_000;

export interface RunFeedOptions {
  readonly feed: LogFeed;
  /** Reads events until the stream ends or the signal fires; undefined: only the log is read. */
  readonly readEvents: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly locks: Locks;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly pollS: number;
  /** Whether REVOCATION_FEED asks for the feed; else a tenant that does not let it read the log goes without. */
  readonly isRequired: boolean;
  readonly log: Pick<Logger, 'error' | 'info' | 'warn'>;
}

export interface RunningFeed {
  readonly stats: () => { readonly lagS: number; readonly errors: number; readonly lastSuccessS: number };
  /** Whether the feed is too far behind the tenant's log, as `/readyz` reports. */
  readonly isBehind: () => boolean;
  readonly close: () => Promise<void>;
}

/**
 * Runs the feed on one replica at a time: each asks for the lock once a second, and the one that holds it reads the log. The others
 * read from the store how far that is.
 */
export function runFeed(options: RunFeedOptions): RunningFeed {
  const { feed, readEvents, locks, texts, clock, pollS, isRequired, log } = options;
  const owner = randomUUID();
  const startedAtMs = clock.now();
  let appliedToMs = startedAtMs;
  let readAtMs = 0;
  let errors = 0;
  let isHolder = false;
  let nextTurnAt = 0;
  let isBehind = false;
  let isClosed = false;
  let lastError = '';
  let beating: Promise<void> | undefined;
  let turning: Promise<void> | undefined;
  let events: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  const hold = async (): Promise<boolean> =>
    !isClosed && (isHolder = await locks.acquire(LOCK, owner, LOCK_TTL_MS));

  /** Called after each turn of any replica. */
  function report(): void {
    const isNow = clock.now() - appliedToMs > BEHIND_AFTER_MS && (isRequired || lastError !== REFUSED);
    if (isNow === isBehind) return;
    isBehind = isNow;
    const lag_s = Math.round((clock.now() - appliedToMs) / 1000);
    if (isNow) log.error({ lag_s, reason: lastError }, "the tenant's log is not read: revocations come late");
    else log.info({ lag_s }, "the tenant's log is read again");
  }

  function fail(error: unknown): void {
    errors += 1;
    const code = toErrorCode(error);
    const isNews = code !== lastError;
    lastError = code;
    const isRefused = code === REFUSED;
    const retryAfterS = error instanceof GatewayError ? (error.options.retryAfterS ?? 0) : 0;
    const waitS = Math.max(retryAfterS, isRefused ? REFUSED_WAIT_S : pollS);
    nextTurnAt = performance.now() + waitS * 1000;
    if (!isNews) return;
    if (isRefused)
      log.error(
        { err: error },
        "the tenant's log cannot be read: grant read:logs to the client of AUTH0_MGMT_CLIENT_ID, or set REVOCATION_FEED=off",
      );
    else log.warn({ err: error }, "reading the tenant's log failed");
  }

  async function turn(): Promise<void> {
    // A turn comes with the beat that is nearest: with the next one, 3 s would often be 4.
    nextTurnAt = performance.now() + pollS * 1000 - BEAT_MS / 2;
    try {
      const done = await feed.turn(hold);
      if (!done) return;
      ({ appliedToMs, readAtMs } = done.state);
      lastError = '';
      if (done.waitS > 0) nextTurnAt = performance.now() + Math.max(done.waitS, pollS) * 1000;
    } catch (error) {
      fail(error);
    }
    report();
  }

  /** Reads streams of events in sequence while this replica has the lock. */
  function followEvents(read: (signal: AbortSignal) => Promise<void>): typeof events {
    const abort = new AbortController();
    const follow = async (): Promise<void> => {
      while (!abort.signal.aborted) {
        await read(abort.signal).catch((error: unknown) => {
          if (!abort.signal.aborted) log.warn({ err: error }, "reading the tenant's events failed");
        });
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, EVENTS_RETRY_MS).unref();
          abort.signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
    };
    return { abort, done: follow() };
  }

  function settleEvents(): void {
    if (isHolder && readEvents && !isClosed) events ??= followEvents(readEvents);
    else {
      events?.abort.abort();
      events = undefined;
    }
  }

  async function beat(): Promise<void> {
    try {
      await hold();
      settleEvents();
      if (isHolder && !turning && performance.now() >= nextTurnAt) {
        turning = turn().finally(() => {
          turning = undefined;
        });
      }
      if (!isHolder && performance.now() >= nextTurnAt) {
        nextTurnAt = performance.now() + pollS * 1000;
        const state = await readFeedState(texts);
        if (state) ({ appliedToMs, readAtMs } = state);
        // If the log was never read, only the holder of the lock can decide whether that is a failure.
        if (state || isRequired) report();
      }
    } catch {
      // The store is unavailable, which is reported separately; the lock expires.
      isHolder = false;
      settleEvents();
    }
  }

  const beatOnce = (): void => {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  };
  // The first one at once: what the tenant logs before it is only found by the check of all users.
  beatOnce();
  const timer = setInterval(beatOnce, BEAT_MS).unref();

  return {
    stats: () => ({
      lagS: Math.max(0, (clock.now() - appliedToMs) / 1000),
      errors,
      lastSuccessS: readAtMs / 1000,
    }),
    isBehind: () => isBehind,
    async close() {
      isClosed = true;
      clearInterval(timer);
      settleEvents();
      await beating;
      await turning;
      if (isHolder) await locks.release(LOCK, owner).catch(() => undefined);
    },
  };
}

import type { KeyObject } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import { createJwksSource, IssuerMismatch, type JwksSourceDeps } from './jwks-source.ts';
import type { KeyTable } from './key-table.ts';
import { toRefetchDelayMs } from './refetch-budget.ts';

/**
 * The tenant's key of that `kid`, if it serves `alg`; undefined where the tenant has no such key. Throws (or rejects
 * with) `tenant_unavailable` where that cannot be known. Also what ID tokens and logout tokens are checked with.
 */
export type FindKey = (kid: string, alg: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

export type KeySetEvent =
  | { readonly type: 'keys_changed'; readonly kids: readonly string[] }
  /** After 1, 2, 4, 8 … failures in a row. */
  | { readonly type: 'fetch_failed'; readonly failures: number; readonly error: unknown }
  | { readonly type: 'issuer_mismatch'; readonly error: IssuerMismatch };

/** Logs what becomes of the keys. */
export const logKeySetEvents =
  (log: Logger) =>
  (event: KeySetEvent): void => {
    if (event.type === 'keys_changed') log.info({ kids: event.kids }, 'signing keys loaded');
    else if (event.type === 'fetch_failed')
      log.warn({ failures: event.failures, err: event.error }, 'signing keys cannot be fetched');
    else log.error({ err: event.error }, 'the tenant is not the configured issuer');
  };

export interface KeySetStats {
  readonly fetches: number;
  readonly failures: number;
  /** Look-ups answered from keys that were past their freshness. */
  readonly staleServed: number;
  readonly unknownKids: number;
  readonly keys: number;
}

export interface KeySetDeps extends JwksSourceDeps {
  readonly clock: Clock;
  readonly onEvent?: (event: KeySetEvent) => void;
}

export interface KeySet {
  /**
   * Makes the first attempt to load the keys and goes on trying by itself where the tenant cannot be reached.
   * Rejects with `IssuerMismatch` where the tenant is not the configured issuer: the start is then to be refused.
   */
  start(): Promise<void>;
  /** Whether there are keys to verify with. */
  readonly ready: boolean;
  /** Whether the last attempt to fetch them failed. */
  readonly isFailing: boolean;
  /** Rises whenever the usable keys change, or go: what was verified under another version must be verified again. */
  readonly version: number;
  readonly find: FindKey;
  stats(): KeySetStats;
  close(): void;
}

const STALE_FOR_MS = 24 * 3600_000;
const RETRY_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;
const MAX_WAITING = 256;

const unavailable = (): GatewayError =>
  new GatewayError('tenant_unavailable', { retryAfterS: 5, reason: 'no_keys' });

/** The tenant's signing keys, kept fresh; see the fields of `KeySet` for what it promises. */
export function createKeySet(deps: KeySetDeps): KeySet {
  const { clock, onEvent = () => {} } = deps;
  const source = createJwksSource(deps);
  const counts = { fetches: 0, failures: 0, staleServed: 0, unknownKids: 0 };
  let table: KeyTable | undefined;
  let version = 0;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let lastFetchMs = Number.NEGATIVE_INFINITY;
  let refetchesMs: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  /** Consecutive failures; while there are any, a retry is due within a second. */
  let failures = 0;
  let waiting = 0;
  let underWay: Promise<unknown> | undefined;
  let refetch: Promise<unknown> | undefined;
  let nextFetch: NodeJS.Timeout | undefined;
  let closed = false;

  function fetchNow(): Promise<unknown> {
    if (closed) return Promise.resolve();
    underWay ??= load().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  function fetchIn(ms: number): void {
    clearTimeout(nextFetch);
    if (!closed) nextFetch = setTimeout(() => void fetchNow(), ms).unref();
  }

  /** Resolves to what went wrong, if anything; never rejects. */
  async function load(): Promise<unknown> {
    const beganMs = clock.now();
    counts.fetches += 1;
    try {
      const read = await source.read(table);
      if (closed) return undefined;
      lastFetchMs = beganMs;
      if (table) refetchesMs = [beganMs, refetchesMs[0]];
      freshUntilMs = beganMs + read.freshForMs;
      failures = 0;
      adopt(read.table);
      fetchIn(read.freshForMs);
      return undefined;
    } catch (error) {
      if (closed) return error;
      failures += 1;
      counts.failures += 1;
      fetchIn(RETRY_MS);
      tellFailure(error);
      return error;
    }
  }

  /** At the first failure in a row, and then ever more seldom: 2, 4, 8 … */
  function tellFailure(error: unknown): void {
    if (!Number.isInteger(Math.log2(failures))) return;
    if (error instanceof IssuerMismatch) onEvent({ type: 'issuer_mismatch', error });
    else onEvent({ type: 'fetch_failed', failures, error });
  }

  function adopt(next: KeyTable): void {
    const changed = next.fingerprint !== table?.fingerprint;
    table = next;
    if (!changed) return;
    version += 1;
    onEvent({ type: 'keys_changed', kids: [...next.usable.keys()] });
  }

  /** Timers do this as well, but a clock may jump, and a machine may have slept. */
  function noticeTime(): void {
    const nowMs = clock.now();
    if (nowMs < freshUntilMs || !table) return;
    if (failures === 0) void fetchNow();
    if (nowMs < freshUntilMs + STALE_FOR_MS) return;
    table = undefined;
    version += 1;
  }

  function recordServed(): void {
    if (table && clock.now() >= freshUntilMs) counts.staleServed += 1;
  }

  function lookUp(kid: string, alg: string): KeyObject | undefined {
    if (!table || (failures > 0 && !table.published.has(kid))) throw unavailable();
    const found = table.usable.get(kid);
    return found?.alg === alg ? found.key : undefined;
  }

  const isSettled = (kid: string): boolean => table !== undefined && table.published.has(kid);

  async function findAfterFetch(kid: string, alg: string): Promise<KeyObject | undefined> {
    // One that is under way may have been answered before this key was published.
    if (underWay) await underWay;
    if (!isSettled(kid) && table && failures === 0) await joinRefetch();
    return lookUp(kid, alg);
  }

  /** Waits for the next fetch that the budget allows, unless that is further away than a caller should wait. */
  async function joinRefetch(): Promise<void> {
    const delayMs = toRefetchDelayMs(lastFetchMs, refetchesMs, clock.now());
    if (delayMs > LONGEST_WAIT_MS) return;
    refetch ??= new Promise((resolve) => {
      setTimeout(() => {
        // From here on a fetch is under way, and whoever comes now must wait for the one after it.
        refetch = undefined;
        resolve(fetchNow());
      }, delayMs).unref();
    });
    await refetch;
  }

  return {
    async start() {
      const error = await fetchNow();
      if (error instanceof IssuerMismatch) throw error;
    },
    get ready() {
      noticeTime();
      return table !== undefined;
    },
    get isFailing() {
      return failures > 0;
    },
    get version() {
      noticeTime();
      recordServed();
      return version;
    },
    find(kid, alg) {
      noticeTime();
      recordServed();
      if (isSettled(kid)) return lookUp(kid, alg);
      if (table) counts.unknownKids += 1;
      if (waiting >= MAX_WAITING) return lookUp(kid, alg);
      waiting += 1;
      return findAfterFetch(kid, alg).finally(() => {
        waiting -= 1;
      });
    },
    stats: () => ({ ...counts, keys: table?.usable.size ?? 0 }),
    close() {
      closed = true;
      clearTimeout(nextFetch);
      source.close();
    },
  };
}

import type { KeyObject } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import { createJwksSource, IssuerMismatch, type JwksSourceDeps } from './jwks-source.ts';
import type { KeyTable } from './key-table.ts';
import { toRefetchDelayMs } from './refetch-budget.ts';

/**
 * Finds the tenant's key with this `kid` for `alg`; undefined if the tenant has none. Throws (or rejects with)
 * `tenant_unavailable` if the keys cannot be read. ID tokens and logout tokens use it too.
 */
export type FindKey = (kid: string, alg: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

export type KeySetEvent =
  | { readonly type: 'keys_changed'; readonly kids: readonly string[] }
  /** After 1, 2, 4, 8 … consecutive failures. */
  | { readonly type: 'fetch_failed'; readonly failures: number; readonly error: unknown }
  | { readonly type: 'issuer_mismatch'; readonly error: IssuerMismatch };

/** Logs the events of the key set. */
export const logKeySetEvents =
  (log: Logger) =>
  (event: KeySetEvent): void => {
    if (event.type === 'keys_changed') log.info({ kids: event.kids }, 'signing keys loaded');
    else if (event.type === 'fetch_failed')
      log.warn({ failures: event.failures, err: event.error }, 'signing keys could not be fetched');
    else log.error({ err: event.error }, 'the tenant has another issuer than AUTH0_DOMAIN');
  };

export interface KeySetStats {
  readonly fetches: number;
  readonly failures: number;
  /** Number of lookups answered with stale keys. */
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
   * Makes the first attempt to load the keys; retries in the background if the tenant cannot be reached. Rejects with
   * `IssuerMismatch` if the tenant has another issuer: the gateway must not start then.
   */
  start(): Promise<void>;
  /** Whether keys are loaded. */
  readonly ready: boolean;
  /** Whether the last fetch failed. */
  readonly isFailing: boolean;
  /** Increases when the usable keys change or expire; results of another version must be verified again. */
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

/** Creates the key set, which keeps the tenant's signing keys fresh. `KeySet` has the contract. */
export function createKeySet(deps: KeySetDeps): KeySet {
  const { clock, onEvent = () => {} } = deps;
  const source = createJwksSource(deps);
  const counts = { fetches: 0, failures: 0, staleServed: 0, unknownKids: 0 };
  let table: KeyTable | undefined;
  let version = 0;
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  let lastFetchMs = Number.NEGATIVE_INFINITY;
  let refetchesMs: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  /** Consecutive failures; if any, a retry is due within a second. */
  let failures = 0;
  let waiting = 0;
  let inProgress: Promise<unknown> | undefined;
  let refetch: Promise<unknown> | undefined;
  let nextFetch: NodeJS.Timeout | undefined;
  let closed = false;

  function fetchNow(): Promise<unknown> {
    if (closed) return Promise.resolve();
    inProgress ??= load().finally(() => {
      inProgress = undefined;
    });
    return inProgress;
  }

  function fetchIn(ms: number): void {
    clearTimeout(nextFetch);
    if (!closed) nextFetch = setTimeout(() => void fetchNow(), ms).unref();
  }

  /** Resolves to the error, if any; never rejects. */
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
      reportFailure(error);
      return error;
    }
  }

  /** Reports the 1st, 2nd, 4th, 8th … consecutive failure. */
  function reportFailure(error: unknown): void {
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

  /** Applies elapsed deadlines. Timers do this too, but the clock may jump and the machine may sleep. */
  function applyDeadlines(): void {
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
    // A fetch in progress may have been answered before this key was published.
    if (inProgress) await inProgress;
    if (!isSettled(kid) && table && failures === 0) await joinRefetch();
    return lookUp(kid, alg);
  }

  /** Waits for the next fetch that the budget allows, unless the wait is too long for a caller. */
  async function joinRefetch(): Promise<void> {
    const delayMs = toRefetchDelayMs(lastFetchMs, refetchesMs, clock.now());
    if (delayMs > LONGEST_WAIT_MS) return;
    refetch ??= new Promise((resolve) => {
      setTimeout(() => {
        // The fetch starts now: later callers wait for the next one.
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
      applyDeadlines();
      return table !== undefined;
    },
    get isFailing() {
      return failures > 0;
    },
    get version() {
      applyDeadlines();
      recordServed();
      return version;
    },
    find(kid, alg) {
      applyDeadlines();
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

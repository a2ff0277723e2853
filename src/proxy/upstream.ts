import { Pool } from 'undici';
import { GatewayError } from '../errors.ts';
import { type AddressShare, createSharedPlaces, type Places } from '../limits/places.ts';
import { type CallOutcome, createBreaker } from './breaker.ts';
import { createRollingShare } from './rolling-share.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** Network time subtracted from an upstream's `Keep-Alive: timeout`. */
const KEEP_ALIVE_MARGIN_MS = 500;
const RETRY_WINDOW_MS = 10_000;
const RETRY_SHARE = 0.2;
const RETRY_WHEN_FULL_S = 1;

/** One upstream origin with its connection pools, breaker, places and retry budget. */
export interface Upstream {
  readonly origin: string;
  /** The connection pool of rows with this keep-alive time. */
  poolFor(keepAliveMs: number): Pool;
  close(): Promise<void>;
  /** Places shared by all rows without their own. */
  readonly places: Places;
  /**
   * Takes one of these places for a call, which holds it until `places.leave`.
   * @throws GatewayError `upstream_unavailable` if no place is left for the address or the breaker is open
   */
  enter(places: Places, address: string): void;
  /** Whether its breaker is open: calls fail at once. */
  isBroken(): boolean;
  /** Records the outcome of an attempt for the breaker. */
  record(outcome: CallOutcome): void;
  /**
   * Takes one retry from the budget: a fifth of the calls of the last 10 s, at least one. A request of which nothing was
   * sent needs no budget. No retries while the breaker is open.
   */
  mayRetry(isUnsent: boolean): boolean;
}

export interface UpstreamOptions extends UpstreamPlaces {
  readonly nowMs: () => number;
}

/**
 * Maximum number of concurrent calls of an upstream. More are refused, so that a slow upstream does not slow down others.
 */
export interface UpstreamPlaces {
  readonly maxParallel: number;
  readonly addressShare: AddressShare;
}

const unavailable = (reason: string, retryAfterS: number, detail?: string): GatewayError =>
  new GatewayError('upstream_unavailable', { reason, retryAfterS, ...(detail && { detail }) });

export function createUpstream(
  origin: string,
  { maxParallel, addressShare, nowMs }: UpstreamOptions,
): Upstream {
  const pools = new Map<number, Pool>();
  // Places and open event streams have their own limits; a pool allows as many connections as both together.
  const createPool = (keepAliveMs: number): Pool =>
    new Pool(origin, {
      pipelining: 1,
      allowH2: false,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // The timeouts of the row apply.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      // `Keep-Alive: timeout` of an upstream can shorten this time, not extend it.
      keepAliveMaxTimeout: keepAliveMs,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
    });
  const breaker = createBreaker(nowMs);
  const calls = createRollingShare(RETRY_WINDOW_MS, nowMs);

  function enter(places: Places, address: string): void {
    const shortage = places.enter(address);
    if (shortage === 'full') throw unavailable('bulkhead_full', RETRY_WHEN_FULL_S);
    if (shortage === 'share')
      throw unavailable(
        'address_share',
        RETRY_WHEN_FULL_S,
        'Too many requests of this address are in progress: wait until some have ended.',
      );
    const waitMs = breaker.enter();
    if (waitMs > 0) throw unavailable('breaker_open', Math.ceil(waitMs / 1000));
  }

  return {
    origin,
    poolFor(keepAliveMs) {
      let pool = pools.get(keepAliveMs);
      if (!pool) pools.set(keepAliveMs, (pool = createPool(keepAliveMs)));
      return pool;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
    places: createSharedPlaces(maxParallel, addressShare),
    enter(places, address) {
      try {
        enter(places, address);
      } catch (refusal) {
        places.leave(address);
        throw refusal;
      }
      calls.add(false);
    },
    isBroken: () => breaker.isOpen,
    record: (outcome) => breaker.leave(outcome),
    mayRetry(isUnsent) {
      if (breaker.isOpen || isUnsent) return !breaker.isOpen;
      const { total, marked } = calls.read();
      const firsts = total - marked;
      if (marked + 1 > Math.max(1, firsts * RETRY_SHARE)) return false;
      calls.add(true);
      return true;
    },
  };
}

/** The upstreams by origin, created on first use. */
export interface Upstreams {
  get(origin: string): Upstream;
  all(): readonly Upstream[];
  close(): Promise<void>;
}

export function createUpstreams(options: UpstreamOptions): Upstreams {
  const byOrigin = new Map<string, Upstream>();
  return {
    get(origin) {
      let upstream = byOrigin.get(origin);
      if (!upstream) byOrigin.set(origin, (upstream = createUpstream(origin, options)));
      return upstream;
    },
    all: () => [...byOrigin.values()],
    async close() {
      await Promise.all([...byOrigin.values()].map((upstream) => upstream.close()));
    },
  };
}

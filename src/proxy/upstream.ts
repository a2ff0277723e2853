import { Pool } from 'undici';
import { GatewayError } from '../errors.ts';
import { type AddressShare, createSharedPlaces, type Places } from '../limits/places.ts';
import { type CallOutcome, createBreaker } from './breaker.ts';
import { createRollingShare } from './rolling-share.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** For the way of a request to an upstream that says how long it waits. */
const KEEP_ALIVE_MARGIN_MS = 500;
const RETRY_WINDOW_MS = 10_000;
const RETRY_SHARE = 0.2;
const RETRY_WHEN_FULL_S = 1;

/** One origin behind the gateway, with what protects it and everybody else from it. */
export interface Upstream {
  readonly origin: string;
  /** The connections of rows that keep an idle one so long. */
  poolFor(keepAliveMs: number): Pool;
  close(): Promise<void>;
  /** For the calls of all rows that have none of their own. */
  readonly places: Places;
  /**
   * Lets a call in, which then holds one of these places until it leaves it.
   * @throws GatewayError `upstream_unavailable` where no place is left for its address or the breaker is open
   */
  enter(places: Places, address: string): void;
  /** Tells the breaker how an attempt ended. */
  record(outcome: CallOutcome): void;
  /**
   * Takes one retry out of the budget: a fifth of the calls of the last 10 s, and at least one. A request of which nothing was
   * sent needs none. No retries while the breaker is open.
   */
  mayRetry(isUnsent: boolean): boolean;
}

export interface UpstreamOptions extends UpstreamPlaces {
  readonly nowMs: () => number;
}

/** How many calls may be at an upstream at once; more are refused, so that a slow upstream slows no other. */
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
  // As many connections as there are places and open event streams, each of which has a bound of its own.
  const createPool = (keepAliveMs: number): Pool =>
    new Pool(origin, {
      pipelining: 1,
      allowH2: false,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // The row's own times apply.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      // An upstream that says how long it waits (`Keep-Alive: timeout`) can shorten the time, not lengthen it.
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
        'Too many requests of this address are under way here: wait until some have ended.',
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

/** The upstreams by origin, made when first asked for. */
export interface Upstreams {
  get(origin: string): Upstream;
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
    async close() {
      await Promise.all([...byOrigin.values()].map((upstream) => upstream.close()));
    },
  };
}

import { Counter, Gauge, type Registry } from 'prom-client';
import { LatencyHistogram } from './latency-histogram.ts';
import { createMetricMakers } from './metric-makers.ts';

/** Why a session ended before its time. */
export const SESSION_ENDS = [
  'signed_out',
  'replaced',
  'revoked',
  'session_max',
  'backchannel_logout',
  'refresh_refused',
] as const;
export type SessionEnd = (typeof SESSION_ENDS)[number];

/** What runs: `gatehouse_build_info`. */
export interface Build {
  readonly version: string;
  /** The commit that it was built from; `unknown` outside an image. */
  readonly revision: string;
}

/** Whether a breaker refuses calls. `target` is an origin, or the name of a part of the tenant. */
export interface BreakerState {
  readonly target: string;
  readonly isOpen: boolean;
}

/** Names of counters that a limit keeps for itself, and never refuses by. */
const INNER_LIMIT = /-failed(?:-name)?$/;

/** Metrics of what runs the gateway: its sessions, limits, store, breakers and build. */
export interface OperationsMetrics {
  readonly countSessionStarted: () => void;
  readonly countSessionsEnded: (reason: SessionEnd, count: number) => void;
  /** Makes a limit known by its name, so that its refusals are counted, from 0. */
  readonly addLimit: (name: string) => void;
  /** Counts a refusal if `reason` is the name of a limit. */
  readonly countRefusal: (reason: string) => void;
  /** Whether a cached token answered a client credentials request. */
  readonly countTokenLookup: (result: 'hit' | 'miss') => void;
  /** Creates the observer of one operation of the store. */
  readonly storeOperation: (operation: string) => (seconds: number) => void;
  /** Exports whether the store answers, asked at each scrape. */
  readonly watchStore: (ping: () => Promise<void>) => void;
  /** Exports the number of active sessions, read at each scrape. */
  readonly watchSessions: (count: () => number | Promise<number>) => void;
  /** Exports the requests in flight, and how many may be. */
  readonly watchInFlight: (count: () => number, max: number) => void;
  /** Exports the breakers that exist, read at each scrape. */
  readonly watchBreakers: (read: () => readonly BreakerState[]) => void;
}

export function createOperationsMetrics(registry: Registry, { version, revision }: Build): OperationsMetrics {
  const registers = [registry];
  const { gauge, counter } = createMetricMakers(registry);
  const started = new Counter({
    name: 'gatehouse_sessions_started_total',
    help: 'Sessions that began',
    registers,
  });
  const storeOperations = new LatencyHistogram(
    'gatehouse_store_operation_duration_seconds',
    'Duration of store operations in seconds, rate limits excepted',
    ['operation'],
  );
  // The registry uses only `name` and `get()` of a metric; its type requires a class of prom-client.
  registry.registerMetric(storeOperations as never);
  const refuse = counter<string>(
    'gatehouse_rate_limit_refusals_total',
    'Requests that a rate limit refused, by the name in the RateLimit headers',
    'limit',
    [],
  );
  const limits = new Set<string>();
  new Gauge({
    name: 'gatehouse_build_info',
    help: 'The running build; the value is always 1',
    labelNames: ['version', 'revision', 'node'],
    registers,
  }).set({ version, revision, node: process.version }, 1);
  return {
    countSessionStarted: () => started.inc(),
    countSessionsEnded: counter(
      'gatehouse_sessions_ended_total',
      'Sessions that ended before they expired, by reason',
      'reason',
      SESSION_ENDS,
    ),
    addLimit(name) {
      if (INNER_LIMIT.test(name) || limits.has(name)) return;
      limits.add(name);
      refuse(name, 0);
    },
    countRefusal(reason) {
      if (limits.has(reason)) refuse(reason);
    },
    countTokenLookup: counter(
      'gatehouse_m2m_token_cache_total',
      'Client credentials requests by whether a cached token answered',
      'result',
      ['hit', 'miss'],
    ),
    storeOperation: (operation) => storeOperations.series({ operation }),
    watchStore(ping) {
      gauge('gatehouse_store_up', 'Whether the store answers, asked at each scrape: 1 or 0', () =>
        ping().then(
          () => 1,
          () => 0,
        ),
      );
    },
    watchSessions(count) {
      const read = async () => count();
      gauge(
        'gatehouse_sessions_active',
        'Sessions in the store, the same at every replica; NaN while it does not answer',
        () => read().catch(() => Number.NaN),
      );
    },
    watchInFlight(count, max) {
      gauge('gatehouse_in_flight_requests', 'Requests in flight', count);
      gauge(
        'gatehouse_in_flight_requests_max',
        'MAX_IN_FLIGHT: requests in flight above it are refused',
        () => max,
      );
    },
    watchBreakers(read) {
      const breakers = new Gauge({
        name: 'gatehouse_breaker_state',
        help: 'Circuit breaker of a target: 1 open, calls fail at once; 0 closed',
        labelNames: ['target'],
        registers: [],
        collect() {
          for (const { target, isOpen } of read()) this.set({ target }, isOpen ? 1 : 0);
        },
      });
      registry.registerMetric(breakers);
    },
  };
}

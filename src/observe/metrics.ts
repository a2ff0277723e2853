import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AuditEvent } from './audit.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** What the key set counts; see `gatehouse_jwks_*`. */
export interface KeySetStats {
  readonly fetches: number;
  readonly failures: number;
  readonly staleServed: number;
  readonly keys: number;
}

/** What is exported of revocation; see `gatehouse_revocation_feed_*` and `gatehouse_deny_list_entries`. */
export interface RevocationStats {
  readonly lagS: number;
  readonly errors: number;
  /** Seconds since the epoch; 0 before the first. */
  readonly lastSuccessS: number;
  readonly denyListEntries: number;
}

export interface Metrics {
  readonly registry: Registry;
  /** Observes one answer. `route` is a pattern, never a raw path. */
  readonly observeRequest: (route: string, method: string, status: number, seconds: number) => void;
  readonly observeTenantRequest: (path: string, outcome: string, seconds: number) => void;
  readonly observeUpstreamRequest: (upstream: string, outcome: string, seconds: number) => void;
  /** Counts the outcomes of sign-ins, second factors and refreshes; other events are not counted. */
  readonly countAttempt: (event: AuditEvent, outcome: string) => void;
  readonly countVerification: (outcome: string) => void;
  /** Exports the statistics of the key set, read at each scrape. */
  readonly watchKeySet: (read: () => KeySetStats) => void;
  /** Exports the statistics of revocation, read at each scrape. */
  readonly watchRevocation: (read: () => RevocationStats) => void;
  /** Exports the number of active sessions, read at each scrape. */
  readonly watchSessions: (count: () => number | Promise<number>) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new LatencyHistogram(
    'http_server_request_duration_seconds',
    'Duration of requests in seconds',
  );
  const tenantRequests = new LatencyHistogram(
    'gatehouse_tenant_request_duration_seconds',
    'Duration of calls to the tenant',
  );
  const upstreamRequests = new LatencyHistogram(
    'gatehouse_upstream_request_duration_seconds',
    'Duration of calls to upstreams',
  );
  // The registry uses only `name` and `get()` of a metric; its type requires a class of prom-client.
  registry.registerMetric(requests as never);
  registry.registerMetric(tenantRequests as never);
  registry.registerMetric(upstreamRequests as never);
  const outcomes = (name: string, help: string) => {
    const counter = new Counter({ name, help, labelNames: ['outcome'], registers });
    const children = new Map<string, { inc(): void }>();
    return (outcome: string) => {
      let child = children.get(outcome);
      if (!child) {
        child = counter.labels(outcome);
        children.set(outcome, child);
      }
      child.inc();
    };
  };
  /** Makes gauges of what is read at each scrape. */
  const toGauges =
    <Stats>(read: () => Stats) =>
    (name: string, help: string, pick: (stats: Stats) => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(pick(read()));
        },
      });
  const countSignIn = outcomes('gatehouse_signin_total', 'Sign-ins by outcome');
  const countRefresh = outcomes('gatehouse_refresh_total', 'Refreshes by outcome');
  const observers = new Map<string, (seconds: number) => void>();
  const upstreamObservers = new Map<string, (seconds: number) => void>();
  return {
    registry,
    observeRequest(route, method, status, seconds) {
      const key = `${status} ${method} ${route}`;
      let observe = observers.get(key);
      if (!observe) {
        observe = requests.series({ route, method, status });
        observers.set(key, observe);
      }
      observe(seconds);
    },
    observeTenantRequest(path, outcome, seconds) {
      tenantRequests.series({ path, outcome })(seconds);
    },
    observeUpstreamRequest(upstream, outcome, seconds) {
      const key = `${outcome} ${upstream}`;
      let observe = upstreamObservers.get(key);
      if (!observe) {
        observe = upstreamRequests.series({ upstream, outcome });
        upstreamObservers.set(key, observe);
      }
      observe(seconds);
    },
    countAttempt: (event, outcome) => {
      if (event === 'auth.signin' || event === 'auth.mfa') countSignIn(outcome);
      else if (event === 'auth.refresh') countRefresh(outcome);
    },
    countVerification: outcomes('gatehouse_token_verifications_total', 'Verified access tokens by outcome'),
    watchSessions(count) {
      const read = async () => count();
      const gauge = new Gauge({
        name: 'gatehouse_sessions_active',
        help: 'Active sessions; NaN while the store does not answer',
        registers: [],
        async collect() {
          this.set(await read().catch(() => Number.NaN));
        },
      });
      registry.registerMetric(gauge);
    },
    watchRevocation(read) {
      const gauge = toGauges(read);
      gauge(
        'gatehouse_revocation_feed_lag_seconds',
        "Age of the tenant's log as far as it is applied",
        (stats) => stats.lagS,
      );
      const errors = new Counter({
        name: 'gatehouse_revocation_feed_errors_total',
        help: "Failed reads of the tenant's log",
        registers: [],
        collect() {
          this.reset();
          this.inc(read().errors);
        },
      });
      registry.registerMetric(errors);
      gauge(
        'gatehouse_revocation_feed_last_success_timestamp_seconds',
        "Time of the last successful read of the tenant's log",
        (stats) => stats.lastSuccessS,
      );
      gauge('gatehouse_deny_list_entries', 'Entries of the deny list', (stats) => stats.denyListEntries);
    },
    watchKeySet(read) {
      const gauge = toGauges(read);
      gauge('gatehouse_jwks_fetches_total', 'Fetches of the key set', (stats) => stats.fetches);
      gauge('gatehouse_jwks_failures_total', 'Fetches of the key set that failed', (stats) => stats.failures);
      gauge(
        'gatehouse_jwks_stale_served_total',
        'Key lookups answered from a stale key set',
        (stats) => stats.staleServed,
      );
      gauge('gatehouse_jwks_keys', 'Usable keys in the set', (stats) => stats.keys);
    },
  };
}

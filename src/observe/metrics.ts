import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AuditEvent } from './audit.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { type Build, createOperationsMetrics, type OperationsMetrics } from './operations-metrics.ts';

/** What the key set counts; see `gatehouse_jwks_*`. */
export interface KeySetStats {
  readonly fetches: number;
  readonly failures: number;
  readonly staleServed: number;
  readonly keys: number;
}

export interface Metrics extends OperationsMetrics {
  readonly registry: Registry;
  /** Observes one answer. `route` is a pattern, never a raw path. */
  readonly observeRequest: (route: string, method: string, status: number, seconds: number) => void;
  readonly observeTenantRequest: (path: string, outcome: string, seconds: number) => void;
  readonly observeUpstreamRequest: (upstream: string, outcome: string, seconds: number) => void;
  /** Counts the outcomes of sign-ups, sign-ins, second factors and refreshes; other events are not counted. */
  readonly countAttempt: (event: AuditEvent, outcome: string) => void;
  readonly countVerification: (outcome: string) => void;
  /** Exports the statistics of the key set, read at each scrape. */
  readonly watchKeySet: (read: () => KeySetStats) => void;
}

/** Gauges of prom-client with the suffix of a counter, which Prometheus' linter refuses; nothing here needs them. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Outcomes that have a series before they occur; others appear with their first occurrence. */
const ATTEMPT_OUTCOMES = ['succeeded', 'rate_limited', 'tenant_unavailable', 'tenant_timeout', 'store_unavailable'];
const SIGN_IN_OUTCOMES = [...ATTEMPT_OUTCOMES, 'invalid_credentials', 'mfa_required', 'too_many_attempts'];
const VERIFICATION_OUTCOMES = [
  'accepted',
  'no_credentials',
  'malformed',
  'invalid_token',
  'insufficient_scope',
  'step_up',
  'unavailable',
];

export function createMetrics(build: Build): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
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
  const outcomes = (name: string, help: string, known: readonly string[]) => {
    const counter = new Counter({ name, help, labelNames: ['outcome'], registers });
    for (const outcome of known) counter.inc({ outcome }, 0);
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
  const countSignUp = outcomes('gatehouse_signups_total', 'Sign-ups by outcome', ATTEMPT_OUTCOMES);
  const countSignIn = outcomes('gatehouse_signin_total', 'Sign-ins by outcome', SIGN_IN_OUTCOMES);
  const countRefresh = outcomes('gatehouse_refresh_total', 'Refreshes by outcome', ATTEMPT_OUTCOMES);
  const observers = new Map<string, (seconds: number) => void>();
  const upstreamObservers = new Map<string, (seconds: number) => void>();
  return {
    ...createOperationsMetrics(registry, build),
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
      else if (event === 'auth.signup') countSignUp(outcome);
    },
    countVerification: outcomes(
      'gatehouse_token_verifications_total',
      'Verified access tokens by outcome',
      VERIFICATION_OUTCOMES,
    ),
    watchKeySet(read) {
      const counter = (name: string, help: string, pick: (stats: KeySetStats) => number) =>
        new Counter({
          name,
          help,
          registers,
          collect() {
            this.reset();
            this.inc(pick(read()));
          },
        });
      counter('gatehouse_jwks_fetches_total', 'Fetches of the key set', (stats) => stats.fetches);
      counter(
        'gatehouse_jwks_failures_total',
        'Fetches of the key set that failed',
        (stats) => stats.failures,
      );
      counter(
        'gatehouse_jwks_stale_served_total',
        'Key lookups answered from a stale key set',
        (stats) => stats.staleServed,
      );
      new Gauge({
        name: 'gatehouse_jwks_keys',
        help: 'Usable keys in the set',
        registers,
        collect() {
          this.set(read().keys);
        },
      });
    },
  };
}

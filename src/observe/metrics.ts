import { collectDefaultMetrics, Registry } from 'prom-client';
import type { AuditEvent } from './audit.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { createMetricMakers } from './metric-makers.ts';
import { type Build, createOperationsMetrics, type OperationsMetrics } from './operations-metrics.ts';

/** What the key set counts; see `gatehouse_jwks_*`. */
export interface KeySetStats {
  readonly fetches: number;
  readonly failures: number;
  readonly staleServed: number;
  readonly keys: number;
}

/** The metrics of revocation; see `gatehouse_revocation_feed_*` and `gatehouse_deny_list_entries`. */
export interface RevocationStats {
  readonly lagS: number;
  readonly errors: number;
  /** Seconds since the epoch; 0 before the first. */
  readonly lastSuccessS: number;
  readonly denyListEntries: number;
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
  /** Exports the statistics of revocation, read at each scrape. */
  readonly watchRevocation: (read: () => RevocationStats) => void;
}

/** Gauges of prom-client with the suffix of a counter, which Prometheus' linter refuses; nothing here needs them. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Outcomes that have a series before they occur; others appear with their first occurrence. */
const ATTEMPT_OUTCOMES: readonly string[] = [
  'succeeded',
  'rate_limited',
  'tenant_unavailable',
  'tenant_timeout',
  'store_unavailable',
];
const SIGN_IN_OUTCOMES = [...ATTEMPT_OUTCOMES, 'invalid_credentials', 'mfa_required', 'too_many_attempts'];
const VERIFICATION_OUTCOMES: readonly string[] = [
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
  const { gauge, readCounter, counter } = createMetricMakers(registry);
  const requests = new LatencyHistogram(
    'http_server_request_duration_seconds',
    'Duration of answers in seconds; route is a pattern, or unmatched',
    ['route', 'method', 'status'],
  );
  const tenantRequests = new LatencyHistogram(
    'gatehouse_tenant_request_duration_seconds',
    'Duration of calls to the tenant in seconds; outcome is a status or an error code',
    ['path', 'outcome'],
  );
  const upstreamRequests = new LatencyHistogram(
    'gatehouse_upstream_request_duration_seconds',
    'Duration of calls to upstreams in seconds; outcome is a status or an error code',
    ['upstream', 'outcome'],
  );
  // The registry uses only `name` and `get()` of a metric; its type requires a class of prom-client.
  registry.registerMetric(requests as never);
  registry.registerMetric(tenantRequests as never);
  registry.registerMetric(upstreamRequests as never);
  const byOutcome = (name: string, help: string, known: readonly string[]) =>
    counter(name, help, 'outcome', known);
  const countSignUp = byOutcome('gatehouse_signups_total', 'Sign-ups by outcome', ATTEMPT_OUTCOMES);
  const countSignIn = byOutcome(
    'gatehouse_signin_total',
    'Sign-ins and second factors by outcome',
    SIGN_IN_OUTCOMES,
  );
  const countRefresh = byOutcome(
    'gatehouse_refresh_total',
    'Renewals of access tokens by outcome',
    ATTEMPT_OUTCOMES,
  );
  const observers = new Map<string, (seconds: number) => void>();
  const upstreamObservers = new Map<string, (seconds: number) => void>();
  const countVerification = byOutcome(
    'gatehouse_token_verifications_total',
    'Checks of bearer tokens by outcome',
    VERIFICATION_OUTCOMES,
  );
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
    // The guard passes the reason of a refusal as well.
    countVerification: (outcome) => countVerification(outcome),
    watchRevocation(read) {
      gauge(
        'gatehouse_revocation_feed_lag_seconds',
        "Age of the tenant's log as far as it is applied",
        () => read().lagS,
      );
      readCounter(
        'gatehouse_revocation_feed_errors_total',
        "Failed reads of the tenant's log",
        () => read().errors,
      );
      gauge(
        'gatehouse_revocation_feed_last_success_timestamp_seconds',
        "Time of the last successful read of the tenant's log",
        () => read().lastSuccessS,
      );
      gauge('gatehouse_deny_list_entries', 'Entries of the deny list', () => read().denyListEntries);
    },
    watchKeySet(read) {
      readCounter(
        'gatehouse_jwks_fetches_total',
        "Fetches of the tenant's signing keys",
        () => read().fetches,
      );
      readCounter(
        'gatehouse_jwks_failures_total',
        "Fetches of the tenant's signing keys that failed",
        () => read().failures,
      );
      readCounter(
        'gatehouse_jwks_stale_served_total',
        'Tokens checked with keys that could not be refreshed',
        () => read().staleServed,
      );
      gauge('gatehouse_jwks_keys', 'Usable signing keys of the tenant', () => read().keys);
    },
  };
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeFolder } from '../support/folder.ts';
import { readMetrics } from '../support/metrics.ts';
import { describeWith, pathOf } from '../support/requirements.ts';
import { startWorld } from '../support/world.ts';

const RULES = 'deploy/prometheus/gatehouse.rules.yaml';

/** Series by name, with a value a minute in the notation of promtool: `0+90x60` rises by 90 each minute. */
type Series = Readonly<Record<string, string>>;

const UP = { gatehouse_build_info: '1x60' };
const requests = (label: string): string => `http_server_request_duration_seconds_count{${label}}`;
const buckets = (name: string, fast: string): Series => ({
  [`${name}_bucket{le="${fast}"}`]: '0+5x60',
  [`${name}_bucket{le="10"}`]: '0+10x60',
  [`${name}_bucket{le="+Inf"}`]: '0+10x60',
});

/** For each alert, what Prometheus reads while it fires. */
const SITUATIONS: Readonly<Record<string, Series>> = {
  GatehouseDown: {},
  GatehouseErrors: { ...UP, [requests('status="200"')]: '0+90x60', [requests('status="503"')]: '0+10x60' },
  GatehouseSlow: { ...UP, ...buckets('http_server_request_duration_seconds', '2.5') },
  GatehouseSaturated: {
    ...UP,
    gatehouse_in_flight_requests: '90x60',
    gatehouse_in_flight_requests_max: '100x60',
  },
  GatehouseStoreDown: { ...UP, gatehouse_store_up: '0x60' },
  GatehouseStoreSlow: { ...UP, ...buckets('gatehouse_store_operation_duration_seconds', '0.1') },
  GatehouseBreakerOpen: { ...UP, 'gatehouse_breaker_state{target="tenant"}': '1x60' },
  GatehouseKeysStale: { ...UP, gatehouse_jwks_failures_total: '0+1x60' },
  GatehouseSignInFailures: {
    ...UP,
    'gatehouse_signin_total{outcome="invalid_credentials"}': '0+60x60',
    'gatehouse_signin_total{outcome="succeeded"}': '0+1x60',
  },
  GatehouseRateLimited: { ...UP, 'gatehouse_rate_limit_refusals_total{limit="api-caller"}': '0+120x60' },
  GatehouseRefreshFailures: {
    ...UP,
    'gatehouse_refresh_total{outcome="tenant_error"}': '0+10x60',
    'gatehouse_refresh_total{outcome="succeeded"}': '0+10x60',
  },
  GatehouseRevocationBehind: { ...UP, gatehouse_revocation_feed_lag_seconds: '300x60' },
};

const HEALTHY: Series = {
  ...UP,
  [requests('status="200"')]: '0+100x60',
  [requests('status="503"')]: '0+1x60',
  'http_server_request_duration_seconds_bucket{le="2.5"}': '0+100x60',
  'http_server_request_duration_seconds_bucket{le="+Inf"}': '0+100x60',
  gatehouse_in_flight_requests: '10x60',
  gatehouse_in_flight_requests_max: '100x60',
  gatehouse_store_up: '1x60',
  'gatehouse_store_operation_duration_seconds_bucket{le="0.1"}': '0+100x60',
  'gatehouse_store_operation_duration_seconds_bucket{le="+Inf"}': '0+100x60',
  'gatehouse_breaker_state{target="tenant"}': '0x60',
  gatehouse_jwks_failures_total: '0x60',
  'gatehouse_signin_total{outcome="invalid_credentials"}': '0+5x60',
  'gatehouse_signin_total{outcome="succeeded"}': '0+50x60',
  'gatehouse_rate_limit_refusals_total{limit="api-caller"}': '0+1x60',
  'gatehouse_refresh_total{outcome="tenant_error"}': '0+1x60',
  'gatehouse_refresh_total{outcome="succeeded"}': '0+100x60',
  gatehouse_revocation_feed_lag_seconds: '3x60',
};

/** A test of promtool: exactly these alerts fire after half an hour. */
const toTest = (series: Series, firing: readonly string[]) => ({
  interval: '1m',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: '30m',
      exp_samples: firing.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
});

const promtool = (args: readonly string[], input?: string) => {
  const { status, stdout, stderr } = spawnSync(pathOf('promtool'), args, { encoding: 'utf8', input });
  return { status, text: stdout + stderr };
};

describeWith('promtool', 'Prometheus', () => {
  it('fires each alert in its situation, and none for a healthy gateway', () => {
    const { groups } = parse(readFileSync(RULES, 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(Object.keys(SITUATIONS)).toEqual(alerts);
    const tests = [
      toTest(HEALTHY, []),
      ...Object.entries(SITUATIONS).map(([alert, series]) => toTest(series, [alert])),
    ];
    // JSON is YAML.
    const file = JSON.stringify({ rule_files: [path.resolve(RULES)], tests });
    const folder = makeFolder({ 'alerts.json': file });
    expect(promtool(['test', 'rules', path.join(folder, 'alerts.json')])).toMatchObject({ status: 0 });
    expect(promtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
  });

  it('has nothing to say about the metrics of a gateway', async () => {
    const world = await startWorld();
    await fetch(`${world.url}/v1/auth/signin`, { method: 'POST' });
    expect(promtool(['check', 'metrics'], await readMetrics(world.gateway.adminPort))).toEqual({
      status: 0,
      text: '',
    });
    await world.close();
  });
});

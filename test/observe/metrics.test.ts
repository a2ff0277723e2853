import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { readMetrics, valueOf } from '../support/metrics.ts';
import { startWorld, type World } from '../support/world.ts';

const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };

describe('the metrics', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ RATE_LIMIT_SIGNIN_ACCOUNT: '2/15m', MAX_IN_FLIGHT: '321' });
  });
  afterAll(() => world.close());
  const valueNow = async (series: string) => valueOf(await readMetrics(world.gateway.adminPort), series);
  const signIn = (password = user.password) => {
    const browser = createBrowser(world.url);
    return browser
      .send('POST', '/v1/auth/signin', { body: { ...user, password } })
      .then(({ status }) => ({ browser, status }));
  };

  it('have every counter from the start, with 0', async () => {
    const text = await readMetrics(world.gateway.adminPort);
    for (const series of [
      'gatehouse_signups_total{outcome="succeeded"}',
      'gatehouse_signin_total{outcome="invalid_credentials"}',
      'gatehouse_refresh_total{outcome="succeeded"}',
      'gatehouse_token_verifications_total{outcome="accepted"}',
      'gatehouse_sessions_started_total',
      'gatehouse_sessions_ended_total{reason="signed_out"}',
      'gatehouse_rate_limit_refusals_total{limit="signin-ip"}',
      'gatehouse_m2m_token_cache_total{result="hit"}',
      'gatehouse_jwks_failures_total',
      'gatehouse_breaker_state{target="tenant"}',
      'gatehouse_breaker_state{target="tenant management"}',
    ])
      expect([series, valueOf(text, series)]).toEqual([series, 0]);
    expect(text).not.toContain('-failed');
  });

  it('show the running build, the state of the store and the slots of requests', async () => {
    const build = `gatehouse_build_info{version="0.0.0",revision="unknown",node="${process.version}"}`;
    expect(await valueNow(build)).toBe(1);
    expect(await valueNow('gatehouse_store_up')).toBe(1);
    expect(await valueNow('gatehouse_in_flight_requests')).toBe(0);
    expect(await valueNow('gatehouse_in_flight_requests_max')).toBe(321);
  });

  it('follow the naming of Prometheus: only counters end with _total, and each has a description', async () => {
    const text = await readMetrics(world.gateway.adminPort);
    const metrics = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type]) => ({
      name,
      type,
    }));
    expect(metrics.length).toBeGreaterThan(30);
    expect(metrics.filter(({ name, type }) => (type === 'counter') !== name.endsWith('_total'))).toEqual([]);
    expect(metrics.filter(({ name }) => !new RegExp(`^# HELP ${name} \\S`, 'm').test(text))).toEqual([]);
  });

  it('count sign-ups, and starts and ends of sessions by kind', async () => {
    const browser = createBrowser(world.url);
    expect((await browser.send('POST', '/v1/auth/signup', { body: user })).status).toBe(201);
    expect(await valueNow('gatehouse_signups_total{outcome="succeeded"}')).toBe(1);
    const first = await signIn();
    expect(await valueNow('gatehouse_sessions_started_total')).toBe(1);
    expect(await valueNow('gatehouse_sessions_active')).toBe(1);
    await first.browser.send('POST', '/v1/auth/signin', { body: user });
    expect(await valueNow('gatehouse_sessions_ended_total{reason="replaced"}')).toBe(1);
    await first.browser.send('POST', '/v1/auth/signout');
    expect(await valueNow('gatehouse_sessions_ended_total{reason="signed_out"}')).toBe(1);
    const second = await signIn();
    await signIn();
    const others = await second.browser.send('DELETE', '/v1/auth/sessions');
    expect(others.status).toBeLessThan(300);
    expect(await valueNow('gatehouse_sessions_started_total')).toBe(4);
    expect(await valueNow('gatehouse_sessions_ended_total{reason="revoked"}')).toBeGreaterThan(0);
    expect(
      await valueNow('gatehouse_store_operation_duration_seconds_count{operation="sessions.insert"}'),
    ).toBe(4);
  });

  it('count the refusals of a limit by its name', async () => {
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await signIn('Wrong-Horse-9')).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect(await valueNow('gatehouse_rate_limit_refusals_total{limit="signin-account"}')).toBe(2);
    expect(await valueNow('gatehouse_signin_total{outcome="too_many_attempts"}')).toBe(2);
  });

  it('count cache hits and misses of machine clients', async () => {
    const { client_id, client_secret } = world.tenant.credentials('gift-deliveries') ?? {};
    const ask = () =>
      fetch(`${world.url}/v1/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: client_id ?? '',
          client_secret: client_secret ?? '',
        }),
      }).then(({ status }) => status);
    expect([await ask(), await ask()]).toEqual([200, 200]);
    expect(await valueNow('gatehouse_m2m_token_cache_total{result="miss"}')).toBe(1);
    expect(await valueNow('gatehouse_m2m_token_cache_total{result="hit"}')).toBe(1);
  });
});

describe('the metrics of a gateway whose tenant cannot be reached', () => {
  it('show the open breaker', async () => {
    const under = await startLonelyGateway();
    try {
      const body = JSON.stringify(user);
      const headers = { 'Content-Type': 'application/json' };
      await expect
        .poll(
          async () => {
            await fetch(`${under.url}/v1/auth/signin`, { method: 'POST', headers, body });
            return valueOf(
              await readMetrics(under.gateway.adminPort),
              'gatehouse_breaker_state{target="tenant"}',
            );
          },
          { timeout: 15_000, interval: 20 },
        )
        .toBe(1);
    } finally {
      await under.close();
    }
  });
});

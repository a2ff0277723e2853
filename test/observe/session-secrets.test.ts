import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { reachCallback, readSession, signUp, user } from '../auth/redirect/support.ts';
import { breakTenant, restoreTenant } from '../session/support/person.ts';
import { createBrowser as createApiBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
afterAll(() => world.close());

const metrics = async () => (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text();

async function expectUntold(secrets: readonly string[]): Promise<void> {
  const told = [world.logText(), await metrics()];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(8);
    for (const text of told) expect(text).not.toContain(secret);
  }
}

it('neither log nor metrics contain a ticket, state, code, nonce, sid or token during the life of a session', async () => {
  const browser = createBrowser();
  const login = await browser.get(`${world.gateway.publicUrl}/v1/auth/login?login_hint=${user.email}`);
  const { searchParams } = locationOf(login);
  const transaction = [...browser.cookies].find(([name]) => name.includes('-tx-'))?.[1] ?? '';
  const callback = await reachCallback(browser, world, { return_to: '/landing-place-of-this-test' });
  expect((await browser.get(callback)).status).toBe(303);
  // A second time in the same browser, then in a browser without a session.
  expect((await browser.get(callback)).status).toBe(303);
  expect((await createBrowser().get(callback)).status).toBe(400);
  const [id = '', secret = ''] = browser.cookies.get('gatehouse')?.split('.') ?? [];
  const { signout_url = '' } = (await readSession(browser, world)) as { signout_url?: string };
  const gateway = world.gateway.publicUrl;
  const api = createApiBrowser(world.url);
  api.cookies.set('gatehouse', `${id}.${secret}`);
  expect((await api.send('POST', '/v1/auth/refresh')).status).toBe(204);
  const wrong = await browser.get(`${gateway}/v1/auth/signout?sid=CANARY-wrong-sid`);
  expect(wrong.status).toBe(400);
  expect(wrong.text).not.toContain('CANARY');
  const left = await browser.get(`${gateway}${signout_url}&return_to=/landing-place-of-this-test`);
  const to = new URL(locationOf(left).searchParams.get('returnTo') ?? '').searchParams.get('to') ?? '';
  expect((await browser.get(`${gateway}/v1/auth/signed-out?to=${to}`)).status).toBe(303);
  await expectUntold([
    id,
    secret,
    transaction,
    to,
    searchParams.get('state') ?? '',
    searchParams.get('nonce') ?? '',
    searchParams.get('code_challenge') ?? '',
    callback.searchParams.get('state') ?? '',
    callback.searchParams.get('code') ?? '',
    new URL(signout_url, gateway).searchParams.get('sid') ?? '',
    'landing-place-of-this-test',
    'CANARY-wrong-sid',
    user.email,
    user.password,
  ]);
  expect(world.logText()).not.toMatch(/eyJ|v1\.[\w-]{30}/);
});

it('neither log nor metrics contain a value from any field, cookie, query or response of the tenant; responses repeat no value', async () => {
  let planted = 0;
  const canary = () => `CANARY-${'x'.repeat(40)}-${planted++}`;
  const api = createApiBrowser(world.url);
  const cookie = () => ({ Cookie: `gatehouse=${canary()}; gatehouse-tx-${canary()}=${canary()}` });
  const text: string[] = [];
  const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await api.send(method, path, { ...(body && { body }), headers });
    text.push(JSON.stringify(answer.body));
    expect(answer.status).toBeLessThan(500);
    return answer;
  };
  for (const Accept of ['text/html', 'application/json']) {
    const headers = { Accept, ...cookie() };
    await send(
      'GET',
      `/v1/auth/callback?code=${canary()}&state=${canary()}&iss=${canary()}`,
      undefined,
      headers,
    );
    await send(
      'GET',
      `/v1/auth/callback?error=${canary()}&error_description=${canary()}`,
      undefined,
      headers,
    );
    await send('GET', `/v1/auth/login?return_to=https://evil.test/${canary()}`, undefined, headers);
    await send('GET', `/v1/auth/login?connection=<${canary()}>`, undefined, headers);
    await send('GET', `/v1/auth/signout?sid=${canary()}`, undefined, headers);
    await send('GET', `/v1/auth/signed-out?to=${canary()}`, undefined, headers);
  }
  const redirect_uri = `${world.gateway.publicUrl}/${canary()}`;
  await send('POST', '/v1/auth/exchange', { code: canary(), redirect_uri, nonce: canary() }, cookie());
  await send('POST', '/v1/auth/exchange', { code: canary(), redirect_uri: canary() });
  await send('POST', '/v1/auth/signout', { return_to: canary() }, cookie());
  await send('POST', '/v1/auth/signout', { refresh_token: canary() }, cookie());
  await send('POST', '/v1/auth/refresh', { refresh_token: canary() });
  await send('POST', '/v1/auth/login/start', { login_hint: `\n${canary()}` });
  await send('DELETE', `/v1/auth/sessions/${canary()}`, undefined, { Authorization: `Bearer ${canary()}` });
  await send('GET', '/v1/auth/session', undefined, { 'X-CSRF': canary(), ...cookie(), Origin: canary() });
  await send('GET', '/v1/auth/session', undefined, { 'X-MFA-Handle': canary(), 'X-Forwarded-For': canary() });
  const logout = await fetch(`${world.url}/v1/auth/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: `${canary()}.${canary()}.${canary()}` }),
  });
  text.push(await logout.text());

  // Injected responses of the tenant.
  await breakTenant(world, [
    {
      method: 'POST',
      path: '^/oauth/token$',
      status: 403,
      body: { error: canary(), error_description: canary(), mfa_token: canary() },
      times: 3,
    },
  ]);
  for (const path of ['/v1/auth/signin', '/v1/auth/refresh', '/v1/auth/exchange']) {
    const body = {
      '/v1/auth/signin': user,
      '/v1/auth/refresh': { refresh_token: canary() },
      '/v1/auth/exchange': { code: canary(), redirect_uri, nonce: canary() },
    }[path];
    const headers = path === '/v1/auth/refresh' ? { 'Sec-Fetch-Site': undefined } : {};
    const answer = await api.send('POST', path, { body, headers });
    expect([path, answer.status]).toEqual([path, 502]);
    text.push(JSON.stringify(answer.body));
  }
  await restoreTenant(world);

  expect(text.join('\n')).not.toContain('CANARY');
  expect(world.logText()).not.toContain('CANARY');
  expect(await metrics()).not.toContain('CANARY');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { navigate } from '../support/navigate.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_AUTH_IP: '3/1m' });
});
afterAll(() => world.close());

const login = (headers: Record<string, string> = {}) => navigate(world.url, '/v1/auth/login', headers);
const post = (path: string, body: object | URLSearchParams) => (headers: Record<string, string>) =>
  fetch(`${world.gateway.publicUrl}${path}`, {
    method: 'POST',
    body: body instanceof URLSearchParams ? body : JSON.stringify(body),
    headers: {
      ...(!(body instanceof URLSearchParams) && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });

it.each<[string, (headers: Record<string, string>) => Promise<{ status: number; headers: Headers }>]>([
  ['login', login],
  ['login/start', post('/v1/auth/login/start', {})],
  ['refresh, without a session', post('/v1/auth/refresh', {})],
  ['refresh, with a token', post('/v1/auth/refresh', { refresh_token: 'x' })],
  ['exchange', post('/v1/auth/exchange', { code: 'x', redirect_uri: 'http://localhost:3000/' })],
  ['backchannel-logout', post('/v1/auth/backchannel-logout', new URLSearchParams({ logout_token: 'x' }))],
  ['signout, with a token', post('/v1/auth/signout', { refresh_token: 'x' })],
])('%s is limited by the address of the socket, whatever X-Forwarded-For says', async (_, call) => {
  // The limit is of an address over all of them: each test begins in a window of its own.
  world.clock.offsetS += 61;
  for (let i = 0; i < 3; i++)
    expect((await call({ 'X-Forwarded-For': `192.0.2.${i}` })).status).not.toBe(429);
  const refused = await call({ 'X-Forwarded-For': '192.0.2.9', Forwarded: 'for=192.0.2.9' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit-policy')).toBe('"auth-ip";q=3;w=60');
  expect(refused.headers.get('ratelimit')).toMatch(/^"auth-ip";r=0;t=\d+$/);
});

it('what is left is told where it went well', async () => {
  world.clock.offsetS += 61;
  const begun = await login();
  expect([begun.status, begun.headers.get('ratelimit')]).toEqual([
    303,
    expect.stringMatching(/^"auth-ip";r=2;/),
  ]);
  const start = await post('/v1/auth/login/start', {})({});
  expect([start.status, start.headers.get('ratelimit')]).toEqual([
    200,
    expect.stringMatching(/^"auth-ip";r=1;/),
  ]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import type { World } from '../../support/world.ts';
import { createCaller, nextTotp, startMfaWorld } from '../mfa/support.ts';
import { codeOf, newEmail, start, verify } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startMfaWorld();
});
afterAll(() => world.close());

it('a code is one factor: if the tenant requires two, the sign-in continues with the second', async () => {
  const browser = createBrowser(world.url);
  const email = newEmail();
  await start(browser, { email });
  const first = await verify(browser, { email, code: codeOf(world, email) });
  expect(first).toMatchObject({ status: 403, body: { code: 'mfa_required', expires_in: 300 } });
  expect(browser.cookies.size).toBe(0);
  const { mfa_handle } = first.body;
  await createCaller(world.url).associate(mfa_handle, { type: 'otp' });
  const otp = await nextTotp(world, { email, password: '', id: '' });
  const done = await browser.send('POST', '/v1/auth/mfa/verify', { body: { mfa_handle, otp } });
  expect(done).toMatchObject({ status: 200, body: { user: { email, email_verified: true } } });
  expect((await browser.send('GET', '/v1/auth/session')).body).toMatchObject({ authenticated: true });
  expect(world.lines.map(({ event }) => event)).toContain('auth.mfa.succeeded');
});

it('a caller other than a browser gets its tokens after the second factor', async () => {
  const email = newEmail();
  await start(world.url, { email });
  const first = await verify(world.url, { email, code: codeOf(world, email) });
  const caller = createCaller(world.url);
  const { mfa_handle } = first.body;
  await caller.associate(mfa_handle, { type: 'otp' });
  const done = await caller.verify(mfa_handle, {
    otp: await nextTotp(world, { email, password: '', id: '' }),
  });
  expect(done).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
  expect(done.body.scope.split(' ')).toContain('geocode:location');
});

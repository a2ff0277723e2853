import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createBrowser as createTenantBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { breakTenant, restoreTenant, signInUser } from '../../session/support/person.ts';
import { createBrowser } from '../../support/browser.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { block, linkOf, newEmail, sentTo, shapeOf } from '../passwordless/support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_CODE_IP: '1000/1h' });
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const forgot = (email: unknown, under: Pick<GatewayUnderTest, 'url'> = world, headers = {}) =>
  createBrowser(under.url).send('POST', '/v1/auth/password/forgot', { body: { email }, headers });
const signIn = (email: string, password: string) =>
  createBrowser(world.url).send('POST', '/v1/auth/signin', { body: { email, password } });
const resets = (email: string) => sentTo(world, email).filter(({ kind }) => kind === 'reset_password');

it('a forgotten password is replaced by a link in a mail', async () => {
  const email = newEmail();
  await signInUser(world.url, email);
  const asked = await forgot(email);
  expect([asked.status, asked.body]).toEqual([202, '']);
  const tenant = createTenantBrowser();
  const form = await tenant.open(linkOf(world, email));
  const password = 'Another-Horse-7';
  await tenant.submit(form, { password, password_confirm: password });
  expect((await signIn(email, 'Correct-Horse-9')).status).toBe(401);
  expect((await signIn(email, password)).status).toBe(200);
});

it('the response is the same for every address', async () => {
  const [known, blocked, unknown] = [newEmail(), newEmail(), newEmail()];
  await signInUser(world.url, known);
  await signInUser(world.url, blocked);
  block(world, blocked);
  const answer = shapeOf(await forgot(known));
  expect(answer.status).toBe(202);
  expect(shapeOf(await forgot(blocked))).toEqual(answer);
  expect(shapeOf(await forgot(unknown))).toEqual(answer);
  expect(sentTo(world, unknown)).toEqual([]);
  // Auth0 documents a different response for an unknown address.
  await breakTenant(world, [
    { method: 'POST', path: '^/dbconnections/change_password$', status: 404, body: {}, times: 1 },
  ]);
  expect(shapeOf(await forgot(unknown))).toEqual(answer);
});

it('mails are limited to five an hour per address, known or not, separately from codes', async () => {
  for (const isKnown of [true, false]) {
    const email = newEmail();
    if (isKnown) await signInUser(world.url, email);
    for (let i = 0; i < 5; i++) expect((await forgot(i % 2 ? email : email.toUpperCase())).status).toBe(202);
    const refused = await forgot(email);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(resets(email)).toHaveLength(isKnown ? 5 : 0);
    const code = await createBrowser(world.url).send('POST', '/v1/auth/passwordless/start', {
      body: { email },
    });
    expect(code.status).toBe(202);
  }
});

it.each([
  ['a foreign page', newEmail(), { Origin: 'https://evil.example' }, 403, 'csrf_failed'],
  ['an invalid address', 'nobody', {}, 400, 'validation_failed'],
  ['a list', [newEmail()], {}, 400, 'validation_failed'],
])('a request by %s is refused', async (_, email, headers, status, code) => {
  expect(await forgot(email, world, headers)).toMatchObject({ status, body: { code } });
});

it('it needs no Management API, and does not exist with PASSWORD_SIGNIN=false', async () => {
  const { management, ...link } = world.link;
  expect(management).toBeDefined();
  const bare = await startGatewayUnderTest({}, link, world.clock);
  expect((await forgot(newEmail(), bare)).status).toBe(202);
  await bare.close();
  const off = await startGatewayUnderTest({ PASSWORD_SIGNIN: 'false' }, world.link, world.clock);
  for (const path of ['signup', 'signin', 'password/forgot', 'password/change'])
    expect((await createBrowser(off.url).send('POST', `/v1/auth/${path}`, { body: {} })).status).toBe(404);
  await off.close();
});

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser as createPages, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { alter, storedIn } from '../../packages/tenant/test/support/stored.ts';
import { A_DAY_S, longSessions } from '../session/support/person.ts';
import { createBrowser, noBrowser } from '../support/browser.ts';
import { writeSeedFile } from '../support/seed-file.ts';
import { startWorld, type World } from '../support/world.ts';

// Responses of the gateway if the tenant runs the Actions of the tenant package's example.
const example = join(import.meta.dirname, '../../packages/tenant/examples/actions');
const password = 'Correct-Horse-9';
const claim = 'https://app.example.com/plan';

const user = (name: string, more: object = {}) => ({
  user_id: name,
  email: `${name}@example.com`,
  email_verified: true,
  password,
  ...more,
});

let world: World;
beforeAll(async () => {
  const seed = {
    actions: example,
    users: [
      user('paying', { app_metadata: { plan: 'gold' } }),
      user('leaving', { app_metadata: { plan: 'gold' } }),
      user('unverified', { email_verified: false }),
      user('careful', { app_metadata: { requires_mfa: true } }),
    ],
  };
  world = await startWorld(longSessions, writeSeedFile(seed));
});
afterAll(() => world.close());

const signIn = (browser: ReturnType<typeof createBrowser>, name: string) =>
  browser.send('POST', '/v1/auth/signin', { body: { email: `${name}@example.com`, password } });

it("a user's token has the claim of an Action", async () => {
  const browser = createBrowser(world.url);
  const body = { email: 'paying@example.com', password };
  const answer = await browser.send('POST', '/v1/auth/signin', { body, headers: noBrowser });
  expect(answer.status).toBe(200);
  const token = String(answer.body.access_token);
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  expect(claims).toMatchObject({ [claim]: 'gold' });
});

it('a user whose address is not verified is denied with a reason that a frontend can explain', async () => {
  const answer = await signIn(createBrowser(world.url), 'unverified');
  expect([answer.status, answer.body]).toMatchObject([
    403,
    { code: 'access_denied', reason: 'email_not_verified' },
  ]);
});

it('a user whose Action requires a second factor gets mfa_required', async () => {
  const answer = await signIn(createBrowser(world.url), 'careful');
  expect(answer.body).toMatchObject({ code: 'mfa_required' });
});

it('an Action that denies at the refresh ends the session', async () => {
  const browser = createBrowser(world.url);
  expect((await signIn(browser, 'leaving')).status).toBe(200);
  alter(storedIn(world.tenant).users, { app_metadata: { suspended: true } }, 'auth0|leaving');
  world.clock.offsetS += A_DAY_S + 1;
  const call = await browser.send('GET', '/api/location/geocode?q=Oslo');
  expect([call.status, call.body]).toMatchObject([401, { code: 'session_expired' }]);
});

it('an Action that denies at the login pages returns the user with its reason', async () => {
  const pages = createPages();
  const begun = await pages.get(`${world.gateway.publicUrl}/v1/auth/login`);
  const form = await pages.open(locationOf(begun));
  const done = await pages.submit(form, { username: 'unverified@example.com', password });
  const back = await pages.get(locationOf(done), { accept: 'application/json' });
  expect([back.status, JSON.parse(back.text)]).toMatchObject([
    403,
    { code: 'access_denied', reason: 'email_not_verified' },
  ]);
});

it('a sign-up that an Action denies is access_denied with its reason', async () => {
  const browser = createBrowser(world.url);
  const answer = await browser.send('POST', '/v1/auth/signup', {
    body: { email: 'somebody@mailinator.com', password },
  });
  expect([answer.status, answer.body]).toMatchObject([
    403,
    { code: 'access_denied', reason: 'disposable_email' },
  ]);
});

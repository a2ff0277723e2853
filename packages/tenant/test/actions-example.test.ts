import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { api, password, realmGrant, testSeed } from './support/seed.ts';
import { answerOf, codeFor, exchange, signInBy } from './support/sign-in-flow.ts';
import {
  claimsOf,
  fresh,
  startTestTenant,
  stores,
  type TestTenant,
  textOf,
} from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const example = join(import.meta.dirname, '../examples/actions');
const claim = 'https://app.example.com/plan';
const directory = 'Username-Password-Authentication';

const user = (name: string, more: object = {}) => ({
  user_id: `${name}-id`,
  email: `${name}@example.com`,
  email_verified: true,
  password,
  ...more,
});

const seed = {
  ...browserSeed,
  actions: example,
  clients: [
    ...browserSeed.clients,
    {
      client_id: 'forms',
      grant_types: ['password', realmGrant, 'refresh_token', 'http://auth0.com/oauth/grant-type/mfa-otp'],
    },
  ],
  users: [
    user('paying', { app_metadata: { plan: 'gold' } }),
    user('unverified', { email_verified: false }),
    user('careful', { app_metadata: { requires_mfa: true } }),
    user('ann', { app_metadata: { plan: 'gold' } }),
  ],
};

describe.each(stores)('the example folder of Actions (%s)', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const signIn = (name: string, more: object = {}) =>
    t.signIn('forms', {
      username: `${name}@example.com`,
      audience: api,
      scope: 'openid offline_access',
      ...more,
    });

  it('an Action sets a claim in both tokens of a password sign-in and of a refresh', async () => {
    const answer = await signIn('paying');
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)[claim]).toBe('gold');
    expect(claimsOf(answer, 'id_token')[claim]).toBe('gold');
    const renewed = await t.token('forms', {
      grant_type: 'refresh_token',
      refresh_token: textOf(answer, 'refresh_token'),
    });
    expect(claimsOf(renewed)[claim]).toBe('gold');
  });

  it('an Action that denies a password sign-in answers 500 access_denied with its reason, and is logged', async () => {
    const answer = await signIn('unverified');
    expect([answer.status, answer.json]).toEqual([
      500,
      { error: 'access_denied', error_description: 'email_not_verified' },
    ]);
    const [entry] = t.tenant.context.log
      .list()
      .filter(({ description }) => description === 'email_not_verified');
    expect(entry).toMatchObject({ type: 'fepft', user_id: 'auth0|unverified-id' });
    const log = JSON.parse((await t.get('/_tenant/actions/log')).text) as Record<string, unknown>[];
    expect(log.at(-1)).toMatchObject({
      trigger: 'post-login',
      action: 'check-login',
      outcome: 'denied',
      message: 'email_not_verified',
    });
    expect(log.at(-1)?.['duration_ms']).toBeGreaterThan(0);
  });

  it('an Action requires a second factor if its condition is met', async () => {
    const answer = await signIn('careful');
    expect([answer.status, answer.json]).toMatchObject([
      403,
      { error: 'mfa_required', mfa_requirements: { enroll: expect.arrayContaining([{ type: 'otp' }]) } },
    ]);
  });

  it('an Action that denies a refresh answers 500 access_denied', async () => {
    const answer = await signIn('paying');
    const restore = alter(t.stored.users, { app_metadata: { suspended: true } }, 'auth0|paying-id');
    const renewed = await t.token('forms', {
      grant_type: 'refresh_token',
      refresh_token: textOf(answer, 'refresh_token'),
    });
    restore();
    expect([renewed.status, renewed.json]).toEqual([
      500,
      { error: 'access_denied', error_description: 'account_suspended' },
    ]);
  });

  it('at the sign-in page, the claim is in the tokens of the code', async () => {
    const tokens = await exchange(t, 'web', await codeFor(t, { audience: 'urn:organizer' }));
    expect([claimsOf(tokens)[claim], claimsOf(tokens, 'id_token')[claim]]).toEqual(['gold', 'gold']);
  });

  it('at the sign-in page, a denial goes to the callback with state, and the session stays', async () => {
    const browser = createBrowser();
    const page = await signInBy(browser, t, { state: 's1' }, 'unverified@example.com');
    const denied = { error: 'access_denied', error_description: 'email_not_verified', state: 's1' };
    expect(answerOf(page)).toEqual(denied);
    expect(browser.cookies.has('auth0_http')).toBe(true);
    const again = await signInBy(browser, t, { state: 's1', prompt: 'none' });
    expect(answerOf(again)).toEqual(denied);
  });

  it('a sign-up that an Action denies answers 400 extensibility_error; an accepted one has its metadata', async () => {
    const signUp = (email: string) =>
      t.post('/dbconnections/signup', { client_id: 'forms', connection: directory, email, password });
    const refused = await signUp(`${fresh()}@mailinator.com`);
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        name: 'InternalExtensibilityError',
        statusCode: 400,
        code: 'extensibility_error',
        description: 'disposable_email',
        message: 'disposable_email',
        friendly_message: 'Use an e-mail address that you will keep.',
        fromSandbox: true,
      },
    ]);
    const accepted = await signUp(`${fresh()}@example.com`);
    expect(accepted.status).toBe(200);
    const made = t.stored.users.get(`auth0|${textOf(accepted, '_id')}`);
    expect(made?.app_metadata).toEqual({ plan: 'trial' });
  });

  it('the sign-up page shows the Action’s message for the user', async () => {
    const browser = createBrowser();
    const page = await signInBy(browser, t, { screen_hint: 'signup' });
    const after = await browser.submit(page, { email: 'x@trashmail.com', password });
    expect([after.status, after.text]).toMatchObject([
      400,
      expect.stringContaining('Use an e-mail address that you will keep.'),
    ]);
  });
});

it('without Actions, sign-ins start no process', async () => {
  const t = await startTestTenant('memory', testSeed);
  expect((await t.signIn('strict')).status).toBe(200);
  expect(t.tenant.context.actions.log.list()).toEqual([]);
  await t.close();
});

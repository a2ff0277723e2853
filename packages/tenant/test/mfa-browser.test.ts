import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { password } from './support/seed.ts';
import { answerOf, authorizeUrl, exchange, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
const secret = 'JBSWY3DPEHPK3PXP';
const recovery = 'M67LWV6ZJGNDUGH43BADW46N';

const user = (name: string, more: object = {}) => ({
  user_id: `${name}-id`,
  email: `${name}@example.com`,
  password,
  ...more,
});

const seed = (guardian: object) => ({
  ...browserSeed,
  guardian,
  users: [
    ...browserSeed.users,
    user('app', { mfa: { totp_secret: secret, recovery_code: recovery } }),
    user('many', { mfa: { totp_secret: secret, phone_number: '+15550107777', recovery_code: recovery } }),
    user('texted', { mfa: { phone_number: '+15550108888' } }),
    user('victim', { mfa: { totp_secret: 'KRSXG5CTMVRXEZLU' } }),
    ...Array.from({ length: 8 }, (_, index) => user(`new-${index}`)),
  ],
});

/** Shared by all tests on a tenant. */
const flow = (t: TestTenant) => ({
  totp: (of = secret) => TOTP.generate({ secret: Secret.fromBase32(of), timestamp: t.clock.now() }),
  signIn: (name: string, parameters = {}, browser = createBrowser()) =>
    signInBy(browser, t, parameters, `${name}@example.com`).then((page) => ({ page, browser })),
  codeTo: (to: string) => t.tenant.context.inbox.list({ to }).at(-1)?.code ?? '',
  nextStep: () => {
    t.clock.offsetS += 60;
  },
  /** After the password alone, the session does not sign the user in. */
  expectNoSignIn: async (browser: Browser) => {
    const answer = answerOf(await browser.open(authorizeUrl(t, { prompt: 'none' })));
    expect(answer).toMatchObject({ error: 'interaction_required' });
    expect(answer).not.toHaveProperty('code');
  },
  finish: async (page: Page) => {
    const { code } = answerOf(page);
    const answer = await exchange(t, 'web', code);
    expect(answer.status).toBe(200);
    return claimsOf(answer, 'id_token');
  },
});

describe.each(stores)('a second factor in the browser on %s', (store) => {
  let t: TestTenant;
  let f: ReturnType<typeof flow>;
  beforeAll(async () => {
    t = await startTestTenant(store, seed({}));
    f = flow(t);
  });
  afterAll(() => t.close());

  it('an enrolled user is asked for it, and the ID token contains it', async () => {
    const { page, browser } = await f.signIn('app');
    expect(page.url.pathname).toBe('/u/mfa');
    expect(page.status).toBe(200);
    await f.expectNoSignIn(browser);
    const done = await browser.submit(page, { code: f.totp(), action: 'continue' });
    expect(locationOf(done).href.startsWith(callback)).toBe(true);
    const claims = await f.finish(done);
    expect(claims).toMatchObject({ sub: 'auth0|app-id', amr: ['mfa'] });
    expect(claims).not.toHaveProperty('acr');
  });

  it('a session with a verified factor is not asked again', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('app');
    await browser.submit(page, { code: f.totp(), action: 'continue' });
    const again = await browser.open(authorizeUrl(t, {}));
    expect((await f.finish(again)).amr).toEqual(['mfa']);
  });

  it('a wrong code asks again, with status 400', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('app');
    const wrong = f.totp() === '000000' ? '000001' : '000000';
    const again = await browser.submit(page, { code: wrong, action: 'continue' });
    expect(again.status).toBe(400);
    expect(again.text).toContain('The code you entered is invalid.');
    await f.finish(await browser.submit(again, { code: f.totp(), action: 'continue' }));
  });

  it('a code works once, in the browser and at /oauth/token together', async () => {
    f.nextStep();
    const pages = await Promise.all([1, 2, 3, 4].map(() => f.signIn('app')));
    const code = f.totp();
    const answers = await Promise.all(
      pages.map(({ page, browser }) => browser.submit(page, { code, action: 'continue' })),
    );
    expect(answers.filter((answer) => answer.status === 302)).toHaveLength(1);
  });

  it('the recovery code signs in, and the next one is shown once', async () => {
    const { page, browser } = await f.signIn('app');
    const choice = await browser.submit(page, { action: 'choose' });
    const own = choice.forms[0]?.buttons.find(({ value }) => value.startsWith('recovery-code'));
    const asked = await browser.submit(choice, { factor: own?.value ?? '' });
    const shown = await browser.submit(asked, { code: recovery, action: 'recover' });
    expect(shown.text.replaceAll(/<[^>]+>|\s/g, '')).toMatch(/[A-Z0-9]{24}/);
    expect(shown.text).toContain('Keep your recovery code');
    const done = await browser.submit(shown, { saved: 'yes', action: 'saved' });
    expect((await f.finish(done)).amr).toEqual(['mfa']);
    const again = await f.signIn('app');
    const refused = await again.browser.post(`${t.tenant.origin}/u/mfa`, {
      ...again.page.forms[0]?.fields,
      action: 'recover',
      code: recovery,
    });
    expect(refused.status).toBe(400);
  });

  it('codes are sent by text; a new one replaces the old', async () => {
    const { page, browser } = await f.signIn('texted');
    expect(page.text).toContain('XXXXXXXX8888');
    const first = f.codeTo('+15550108888');
    const again = await browser.submit(page, { action: 'resend' });
    const second = f.codeTo('+15550108888');
    if (first !== second) {
      const refused = await browser.submit(again, { code: first, action: 'continue' });
      expect(refused.status).toBe(400);
    }
    const done = await browser.submit(again, { code: second, action: 'continue' });
    expect((await f.finish(done)).amr).toEqual(['mfa']);
  });

  it('loading the page again sends nothing', async () => {
    const { page, browser } = await f.signIn('texted');
    const sent = t.tenant.context.inbox.list({ to: '+15550108888' }).length;
    expect((await browser.open(page.url)).status).toBe(200);
    expect(t.tenant.context.inbox.list({ to: '+15550108888' })).toHaveLength(sent);
  });

  it('an expired code is replaced', async () => {
    const { page, browser } = await f.signIn('texted');
    const old = f.codeTo('+15550108888');
    t.clock.offsetS += 301;
    const again = await browser.submit(page, { code: old, action: 'continue' });
    expect(again.status).toBe(400);
    expect(again.text).toContain('no longer valid');
    await f.finish(await browser.submit(again, { code: f.codeTo('+15550108888'), action: 'continue' }));
  });

  it('a user can choose among all their factors', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('many');
    const choice = await browser.submit(page, { action: 'choose' });
    const kinds = choice.forms[0]?.buttons.map(({ value }) => value.split('|')[0]);
    expect(kinds).toEqual(['totp', 'sms', 'voice', 'recovery-code']);
    expect(choice.text).not.toContain('+15550107777');
    const voice = choice.forms[0]?.buttons[2]?.value ?? '';
    const called = await browser.submit(choice, { factor: voice });
    await f.finish(await browser.submit(called, { code: f.codeTo('+15550107777'), action: 'continue' }));
  });

  it('a client can request it by acr_values, and acr confirms it', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('app', { acr_values: multiFactor });
    const done = await browser.submit(page, { code: f.totp(), action: 'continue' });
    expect(await f.finish(done)).toMatchObject({ acr: multiFactor, amr: ['mfa'] });
  });

  it('an access token for the MFA API can be obtained in the browser too', async () => {
    f.nextStep();
    const asked = { audience: `${t.tenant.issuer}mfa/`, scope: 'openid read:authenticators' };
    const { page, browser } = await f.signIn('app', asked);
    const done = await browser.submit(page, { code: f.totp(), action: 'continue' });
    const answer = await exchange(t, 'web', answerOf(done).code);
    expect(answer.json.expires_in).toBe(600);
    const bearer = { authorization: `Bearer ${String(answer.json.access_token)}` };
    const list = await t.get('/mfa/authenticators', bearer);
    expect(list.status).toBe(200);
    expect(JSON.parse(list.text)).toHaveLength(2);
  });

  it('prompt=none answers interaction_required if a factor is required', async () => {
    const browser = createBrowser();
    const done = await signInBy(browser, t, {}, 'ann@example.com');
    expect(answerOf(done).code).toBeDefined();
    const silent = await browser.open(authorizeUrl(t, { prompt: 'none', acr_values: multiFactor }));
    expect(answerOf(silent).error).toBe('interaction_required');
  });

  it('without the cookie of the browser it began in, or from another origin, the form is refused', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('app');
    const fields = { ...page.forms[0]?.fields, code: f.totp(), action: 'continue' };
    const other = createBrowser();
    expect((await other.get(page.url)).status).toBe(400);
    expect((await other.post(`${t.tenant.origin}/u/mfa`, fields)).status).toBe(400);
    const foreign = { origin: 'http://localhost:4777' };
    expect((await browser.post(`${t.tenant.origin}/u/mfa`, fields, foreign)).status).toBe(400);
    await f.finish(await browser.submit(page, { code: f.totp(), action: 'continue' }));
  });

  it("one user's factor does not count for another user of the same sign-in", async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('many');
    const choice = await browser.submit(page, { action: 'choose' });
    const own = choice.forms[0]?.buttons.find(({ value }) => value.startsWith('recovery-code'));
    const asked = await browser.submit(choice, { factor: own?.value ?? '' });
    const shown = await browser.submit(asked, { code: recovery, action: 'recover' });
    const { state = '' } = shown.forms[0]?.fields ?? {};
    const login = `${t.tenant.origin}/u/login`;
    await browser.post(login, { state, username: 'victim@example.com', password });
    const taken = await browser.post(`${t.tenant.origin}/u/mfa`, { state, action: 'saved' });
    expect(taken.status).toBe(200);
    await f.expectNoSignIn(browser);
  });

  it('ten wrong codes are allowed in the browser too', async () => {
    f.nextStep();
    const { page, browser } = await f.signIn('victim');
    const fields = { ...page.forms[0]?.fields, action: 'continue' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        browser.post(`${t.tenant.origin}/u/mfa`, { ...fields, code: String(900_000 + index) }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(2);
  });
});

describe.each(stores)('enrolment in the browser on %s', (store) => {
  let t: TestTenant;
  let f: ReturnType<typeof flow>;
  let next = 0;
  beforeAll(async () => {
    t = await startTestTenant(store, seed({ policies: ['all-applications'] }));
    f = flow(t);
  });
  afterAll(() => t.close());

  const newcomer = () => f.signIn(`new-${next++}`);

  it('an app is set up by a QR code, and the recovery code is shown once', async () => {
    const { page, browser } = await newcomer();
    expect(page.text).toContain('Secure your account');
    expect(page.forms[0]?.buttons.map(({ value }) => value)).toEqual([
      'otp',
      'phone',
      'push-notification',
      'email',
    ]);
    const set = await browser.submit(page, { factor: 'otp' });
    expect(set.text).toContain('<svg');
    const plain = ({ text }: Page) => text.replaceAll(/<[^>]+>|\s/g, '');
    const made = /[A-Z2-7]{32}/.exec(plain(set))?.[0] ?? '';
    expect(made).toHaveLength(32);
    const wrong = await browser.submit(set, { code: 'abc', action: 'enrol' });
    expect(wrong.status).toBe(400);
    expect(plain(wrong)).toContain(made);
    const shown = await browser.submit(wrong, { code: f.totp(made), action: 'enrol' });
    expect(shown.text).toContain('Keep your recovery code');
    const done = await browser.submit(shown, { saved: 'yes', action: 'saved' });
    expect((await f.finish(done)).amr).toEqual(['mfa']);
    f.nextStep();
    const again = await f.signIn(`new-${next - 1}`);
    expect(again.page.text).toContain('authenticator app');
    await f.finish(await again.browser.submit(again.page, { code: f.totp(made), action: 'continue' }));
  });

  it.each([
    ['phone', { phone_number: '+1 555 010-6666' }, '+15550106666'],
    ['email', { email: 'second@example.com' }, 'second@example.com'],
  ])('a %s is set up by a sent code', async (factor, address, to) => {
    const { page, browser } = await newcomer();
    const set = await browser.submit(page, { factor });
    const bad = await browser.submit(set, { [Object.keys(address)[0] ?? '']: 'nothing', action: 'enrol' });
    expect(bad.status).toBe(400);
    const sent = await browser.submit(bad, { ...address, action: 'enrol' });
    expect(sent.text).toContain(to);
    const shown = await browser.submit(sent, { code: f.codeTo(to), action: 'continue' });
    const done = await browser.submit(shown, { saved: 'yes', action: 'saved' });
    expect((await f.finish(done)).amr).toEqual(['mfa']);
  });

  it('a device is set up by a push', async () => {
    const { page, browser } = await newcomer();
    const waiting = await browser.submit(page, { factor: 'push-notification' });
    const early = await browser.submit(waiting, { action: 'continue' });
    expect(early.status).toBe(400);
    expect(early.text).toContain('not been approved yet');
    const link = t.tenant.context.inbox.list({ to: `new-${next - 1}@example.com` }).at(-1)?.link ?? '';
    const device = createBrowser();
    const asked = await device.open(link);
    await device.submit(asked, { action: 'accept' });
    const shown = await browser.submit(early, { action: 'continue' });
    const done = await browser.submit(shown, { saved: 'yes', action: 'saved' });
    expect((await f.finish(done)).amr).toEqual(['mfa']);
  });

  it('switching from a device to an app confirms only the app', async () => {
    const { page, browser } = await newcomer();
    await browser.submit(page, { factor: 'push-notification' });
    const set = await browser.submit(page, { factor: 'otp' });
    const made = /[A-Z2-7]{32}/.exec(set.text.replaceAll(/<[^>]+>|\s/g, ''))?.[0] ?? '';
    await browser.submit(set, { code: f.totp(made), action: 'enrol' });
    const active = t.stored.authenticators
      .find('user_id', `auth0|new-${next - 1}-id`)
      .filter((own) => own.active);
    expect(active.map((own) => own.authenticator_type).toSorted()).toEqual(['otp', 'recovery-code']);
  });

  it('a user who has not enrolled cannot continue', async () => {
    const { page, browser } = await newcomer();
    const { state = '' } = page.forms[0]?.fields ?? {};
    for (const action of ['saved', 'continue', 'recover']) {
      const answer = await browser.post(page.url, { state, action, code: recovery });
      expect(answer.headers.get('location')).toBeNull();
    }
    const consent = await browser.get(`${t.tenant.origin}/u/consent?state=${state}`);
    expect(consent.status).not.toBe(200);
    await f.expectNoSignIn(browser);
  });
});

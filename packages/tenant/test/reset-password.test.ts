import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../src/lib/random.ts';
import { createBrowser, type Page } from './support/browser.ts';
import { directory, password, testSeed } from './support/seed.ts';
import { fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const newPassword = 'Battery-Staple-2';
const dayS = 86_400;

/** The tests' seed with a connection that has a password history. */
const seed = {
  ...testSeed,
  connections: [
    ...testSeed.connections,
    {
      name: 'remembering',
      enabled_clients: ['strict'],
      options: { passwordPolicy: 'none', password_history: { enable: true, size: 2 } },
    },
  ],
};

const headingOf = (page: Page): string | undefined => /<h1>([^<]*)<\/h1>/.exec(page.text)?.[1];

describe.each(stores)('the password reset link on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  /** Creates a user of the connection and returns their address. */
  async function signUp(connection = directory, secret = password): Promise<string> {
    const email = `${fresh()}@example.com`;
    const body = { client_id: 'strict', connection, email, password: secret };
    const answer = await t.post('/dbconnections/signup', body);
    expect(answer.status).toBe(200);
    return email;
  }

  async function mailedLink(email: string, connection = directory): Promise<string> {
    await t.post('/dbconnections/change_password', { client_id: 'strict', connection, email });
    const mails = t.tenant.context.inbox.list({ to: email }).filter(({ kind }) => kind === 'reset_password');
    return String(mails.at(-1)?.link);
  }

  async function reset(link: string, password1: string, password2 = password1): Promise<Page> {
    const browser = createBrowser();
    return browser.submit(await browser.open(link), { password: password1, password_confirm: password2 });
  }

  const signIn = (email: string, secret: string, more: object = {}) =>
    t.signIn('strict', { username: email, password: secret, ...more });

  it('opens a form; the new password signs in and the old one does not', async () => {
    const email = await signUp();
    const link = await mailedLink(email);
    expect(link).toMatch(/^http:\/\/localhost:\d+\/u\/reset-verify\?ticket=[\w-]{43}$/);
    const browser = createBrowser();
    const form = await browser.open(link);
    expect(form.url.pathname).toBe('/u/reset-password');
    expect(form.text).toContain(email);
    const done = await browser.submit(form, { password: newPassword, password_confirm: newPassword });
    expect([done.status, headingOf(done)]).toEqual([200, 'Password changed']);
    expect(t.logTypes().at(-1)).toBe('scp');
    expect((await signIn(email, newPassword)).status).toBe(200);
    expect((await signIn(email, password)).status).toBe(403);
  });

  it('records the time, and leaves the address unverified', async () => {
    const email = await signUp();
    await reset(await mailedLink(email), newPassword);
    const { users } = t.stored;
    const user = users.list().find((candidate) => candidate.email === email);
    expect(user?.last_password_reset).toMatch(/^20\d\d-/);
    expect(user?.email_verified).toBe(false);
  });

  it('a weak password is refused rule by rule, and the link stays valid', async () => {
    const email = await signUp();
    const link = await mailedLink(email);
    const refused = await reset(link, 'lower-case');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('This password is too weak.');
    expect(refused.text).toMatch(/class="kept">At least 8 characters in length/);
    expect(refused.text).toMatch(/class="broken">numbers/);
    expect(refused.text).not.toContain('lower-case');
    expect(t.logTypes().at(-1)).toBe('fcp');
    expect(headingOf(await reset(link, newPassword))).toBe('Password changed');
  });

  it.each([
    ['', '', 'Enter a new password.'],
    [newPassword, password, 'The passwords do not match.'],
    [newPassword, '', 'The passwords do not match.'],
  ])('%j and %j: answers 400 and shows: %s', async (first, second, text) => {
    const email = await signUp();
    const refused = await reset(await mailedLink(email), first, second);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(text);
    expect((await signIn(email, password)).status).toBe(200);
  });

  it('works once', async () => {
    const email = await signUp();
    const link = await mailedLink(email);
    const browser = createBrowser();
    const form = await browser.open(link);
    await reset(link, newPassword);
    const again = await browser.submit(form, {
      password: 'Another-One-3',
      password_confirm: 'Another-One-3',
    });
    expect([again.status, headingOf(again)]).toEqual([400, 'This link does not work']);
    expect(headingOf(await browser.open(link))).toBe('This link does not work');
    expect((await signIn(email, newPassword)).status).toBe(200);
  });

  it('of five parallel requests one changes the password', async () => {
    const email = await signUp();
    const browser = createBrowser();
    const form = await browser.open(await mailedLink(email));
    const tries = [1, 2, 3, 4, 5].map((n) => `Battery-Staple-${n}`);
    const pages = await Promise.all(
      tries.map((secret) => browser.submit(form, { password: secret, password_confirm: secret })),
    );
    expect(pages.filter((page) => headingOf(page) === 'Password changed')).toHaveLength(1);
    expect(pages.filter((page) => headingOf(page) === 'This link does not work')).toHaveLength(4);
    const winner = pages.findIndex((page) => page.status === 200);
    expect((await signIn(email, tries[winner] ?? '')).status).toBe(200);
  });

  it('expires after five days', async () => {
    const email = await signUp();
    const link = await mailedLink(email);
    t.clock.offsetS = 5 * dayS - 10;
    expect(headingOf(await createBrowser().open(link))).toBe('Choose a new password');
    t.clock.offsetS = 5 * dayS + 10;
    expect(headingOf(await createBrowser().open(link))).toBe('This link does not work');
  });

  it('garbage, and the ticket of another mail, are refused', async () => {
    const email = await signUp();
    const [welcome] = t.tenant.context.inbox.list({ to: email });
    const ticket = new URL(String(welcome?.link)).searchParams.get('ticket');
    for (const wrong of [ticket, 'garbage', '', '%00', 'x'.repeat(5000)]) {
      const page = await createBrowser().get(`${t.tenant.origin}/u/reset-password?ticket=${wrong}`);
      expect([page.status, headingOf(page)]).toEqual([400, 'This link does not work']);
    }
    const page = await createBrowser().post(`${t.tenant.origin}/u/reset-password`, {
      ticket: String(ticket),
      password: newPassword,
      password_confirm: newPassword,
    });
    expect(page.status).toBe(400);
    expect((await signIn(email, password)).status).toBe(200);
  });

  it('is invalid once the user has another address or has used a newer link', async () => {
    const email = await signUp();
    const [first, second] = [await mailedLink(email), await mailedLink(email)];
    const { users } = t.stored;
    const user = users.list().find((candidate) => candidate.email === email);
    if (!user) throw new Error('no user');
    users.put({ ...user, email: `other-${email}` });
    expect(headingOf(await createBrowser().open(first))).toBe('This link does not work');
    users.put(user);
    await reset(second, newPassword);
    expect(headingOf(await createBrowser().open(first))).toBe('This link does not work');
  });

  it('ends refresh tokens, opaque tokens, browser sessions and pending sign-ins', async () => {
    const email = await signUp();
    const { json } = await signIn(email, password, {
      scope: 'openid offline_access',
      audience: 'urn:maps',
    });
    const opaque = await signIn(email, password, { scope: 'openid' });
    const { stored: state, clock } = t;
    const user = state.users.list().find((candidate) => candidate.email === email);
    const user_id = String(user?.user_id);
    const now = clock.now();
    const life = {
      expires_ms: now + dayS * 1000,
      last_used_ms: now,
      auth_time_ms: now,
      idle_ms: dayS * 1000,
    };
    const session = {
      id: digest(email),
      sid: email,
      user_id,
      connection: directory,
      amr: ['pwd'],
      clients: [],
    };
    state.browserSessions.put({ ...session, ...life });
    await reset(await mailedLink(email), newPassword);
    const refreshed = await t.token('strict', {
      grant_type: 'refresh_token',
      refresh_token: json['refresh_token'],
    });
    expect(json['refresh_token']).toBeTypeOf('string');
    expect(refreshed.status).toBe(403);
    const authorization = `Bearer ${String(opaque.json['access_token'])}`;
    expect((await t.get('/userinfo', { authorization })).status).toBe(401);
    expect(state.browserSessions.find('user_id', user_id)).toEqual([]);
  });

  it('removes the brute-force block', async () => {
    const email = await signUp();
    for (let failure = 0; failure < 10; failure += 1) await signIn(email, 'wrong');
    expect((await signIn(email, password)).status).toBe(429);
    await reset(await mailedLink(email), newPassword);
    expect((await signIn(email, newPassword)).status).toBe(200);
  });

  it('refuses a password of the connection’s password history', async () => {
    const email = await signUp('remembering', 'first');
    const change = async (secret: string) => reset(await mailedLink(email, 'remembering'), secret);
    const refused = await change('first');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('You have used this password before.');
    expect(headingOf(await change('second'))).toBe('Password changed');
    expect((await change('first')).status).toBe(400);
    expect(headingOf(await change('third'))).toBe('Password changed');
    expect(headingOf(await change('first'))).toBe('Password changed');
  });
});

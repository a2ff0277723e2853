import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, type Page } from './support/browser.ts';
import { directory, password } from './support/seed.ts';
import { fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const headingOf = (page: Page): string | undefined => /<h1>([^<]*)<\/h1>/.exec(page.text)?.[1];
const spent = 'This link does not work';

describe.each(stores)('links in mails on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  async function signUp(): Promise<string> {
    const email = `${fresh()}@example.com`;
    await t.post('/dbconnections/signup', { client_id: 'strict', connection: directory, email, password });
    return email;
  }
  const linkTo = (email: string, kind: string): string =>
    String(t.tenant.context.inbox.list({ to: email }).find((mail) => mail.kind === kind)?.link);
  const userOf = (email: string) => t.stored.users.list().find((user) => user.email === email);
  const open = (link: string): Promise<Page> => createBrowser().open(link);
  /** Opens a link and presses the button of its page, if it has one. */
  const follow = async (link: string): Promise<Page> => {
    const browser = createBrowser();
    const page = await browser.open(link);
    return page.forms.length === 0 ? page : browser.submit(page, {});
  };

  it('of a sign-up, verify the address, once', async () => {
    const email = await signUp();
    const link = linkTo(email, 'verify_email');
    expect(userOf(email)?.email_verified).toBe(false);
    const done = await follow(link);
    expect([done.status, headingOf(done)]).toEqual([200, 'Email verified']);
    expect(userOf(email)?.email_verified).toBe(true);
    expect(t.logTypes().at(-1)).toBe('sv');
    const again = await follow(link);
    expect([again.status, headingOf(again)]).toEqual([400, spent]);
    expect(t.logTypes().at(-1)).toBe('fv');
  });

  it('opened with GET or HEAD, have no effect until the button is pressed', async () => {
    const email = await signUp();
    const link = linkTo(email, 'verify_email');
    for (const method of ['HEAD', 'GET', 'GET']) await fetch(link, { method });
    expect(userOf(email)?.email_verified).toBe(false);
    expect(headingOf(await open(link))).toBe('Verify your email');
    expect(headingOf(await follow(link))).toBe('Email verified');
  });

  it('pressed five times in parallel, verify once', async () => {
    const email = await signUp();
    const browser = createBrowser();
    const page = await browser.open(linkTo(email, 'verify_email'));
    const pages = await Promise.all([1, 2, 3, 4, 5].map(() => browser.submit(page, {})));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(pages.filter((answer) => headingOf(answer) === spent)).toHaveLength(4);
  });

  it('to a former address, verify nothing', async () => {
    const email = await signUp();
    const user = userOf(email);
    if (!user) throw new Error('no user');
    t.stored.users.put({ ...user, email: `new-${email}` });
    expect(headingOf(await open(linkTo(email, 'verify_email')))).toBe(spent);
    expect(userOf(`new-${email}`)?.email_verified).toBe(false);
  });

  it('after five days, verify nothing', async () => {
    const email = await signUp();
    t.clock.offsetS = 5 * 86_400 + 1;
    expect(headingOf(await open(linkTo(email, 'verify_email')))).toBe(spent);
    expect(userOf(email)?.email_verified).toBe(false);
  });

  it('of a block, remove it once', async () => {
    const email = await signUp();
    const signIn = (secret: string) => t.signIn('strict', { username: email, password: secret });
    for (let failure = 0; failure < 10; failure += 1) await signIn('wrong');
    expect((await signIn(password)).status).toBe(429);
    const link = linkTo(email, 'blocked_account');
    expect(headingOf(await open(link))).toBe('Unblock your account');
    expect((await signIn(password)).status).toBe(429);
    expect(headingOf(await follow(link))).toBe('Account unblocked');
    expect(t.logTypes().at(-1)).toBe('ublkdu');
    expect((await signIn(password)).status).toBe(200);
    expect(headingOf(await open(link))).toBe(spent);
  });

  it('the pages have the CSP, including those of invalid links', async () => {
    for (const path of ['/u/email-verification', '/u/unblock', '/u/reset-password']) {
      const page = await createBrowser().get(`${t.tenant.origin}${path}?ticket=x`);
      expect(page.status).toBe(400);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('the stylesheet of a page is served at the URL in the page', async () => {
    const page = await createBrowser().get(`${t.tenant.origin}/u/unblock`);
    const href = /<link rel="stylesheet" href="([^"]+)">/.exec(page.text)?.[1];
    const answer = await t.get(String(href));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  describe('a forgotten password', () => {
    const ask = async (username: string, query = ''): Promise<Page> => {
      const browser = createBrowser();
      const form = await browser.open(`${t.tenant.origin}/u/reset-password/request${query}`);
      return browser.submit(form, { username });
    };

    it('shows the same page for any user, and mails a link to existing ones', async () => {
      const email = await signUp();
      const known = await ask(email.toUpperCase());
      const unknown = await ask('nobody@example.com');
      expect(headingOf(known)).toBe('Check your email');
      expect(known.text.replaceAll(email.toUpperCase(), '')).toBe(
        unknown.text.replaceAll('nobody@example.com', ''),
      );
      expect(headingOf(await open(linkTo(email, 'reset_password')))).toBe('Choose a new password');
      expect(t.tenant.context.inbox.list({ to: 'nobody@example.com' })).toEqual([]);
    });

    it('is looked up in the client’s directory', async () => {
      await t.post('/dbconnections/signup', {
        client_id: 'strict',
        connection: 'none',
        email: 'only@none.example',
        password,
      });
      await ask('only@none.example', '?client_id=strict');
      expect(linkTo('only@none.example', 'reset_password')).toBe('undefined');
      await ask('only@none.example', '?client_id=strict&connection=none');
      expect(linkTo('only@none.example', 'reset_password')).toMatch(/ticket=/);
    });

    it('an empty form answers 400 and asks again', async () => {
      const page = await ask('  ');
      expect(page.status).toBe(400);
      expect(page.text).toContain('role="alert">Enter your email or username.');
    });

    it('a form that another site sent is refused', async () => {
      const email = await signUp();
      const page = await createBrowser().post(
        `${t.tenant.origin}/u/reset-password/request`,
        { username: email },
        { origin: 'https://evil.example' },
      );
      expect(page.status).toBe(400);
      expect(linkTo(email, 'reset_password')).toBe('undefined');
    });

    it('after ten in a minute the page answers 429', async () => {
      const pages = await Promise.all(Array.from({ length: 11 }, () => ask('often@example.com')));
      expect(pages.filter((page) => page.status === 200)).toHaveLength(10);
      expect(pages.filter((page) => page.status === 429)).toHaveLength(1);
    });

    it('the submitted value is shown as text', async () => {
      const page = await ask('<script>alert(1)</script>');
      expect(page.text).toContain('&lt;script&gt;');
      expect(page.text).not.toContain('<script>');
    });
  });
});

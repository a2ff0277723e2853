import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator, type Deviations } from './support/authenticator.ts';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { directory, password } from './support/seed.ts';
import { answerOf, authorizeUrl, exchange } from './support/sign-in-flow.ts';
import { claimsOf, fresh } from './support/start-test-tenant.ts';

const withPasskeys = { authentication_methods: { passkey: { enabled: true } } };
type Options = Parameters<ReturnType<typeof createAuthenticator>['create']>[0] & { readonly rpId: string };

/** What the script of the pages does, with an authenticator of the test. */
describe('passkeys on the sign-in and sign-up pages', () => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant('memory', {
      ...browserSeed,
      tenant: { allow_organization_name_in_authentication_api: true },
      connections: [
        { name: directory, options: withPasskeys },
        { name: 'plain', enabled_clients: ['web'] },
      ],
      clients: browserSeed.clients.map((client) => ({ ...client, organization_usage: 'allow' })),
      organizations: [
        {
          name: 'open',
          connections: [{ name: directory, assign_membership_on_login: true, is_signup_enabled: true }],
        },
        { name: 'closed', connections: [{ name: directory }] },
      ],
    });
  });
  afterAll(() => t.close());

  const stateOf = (page: Page): string => page.forms[0]?.fields['state'] ?? '';
  async function begin(browser: Browser, page: Page, fields: Record<string, string>) {
    const path = `${t.tenant.origin}/u/passkey/challenge`;
    const answer = await browser.post(path, { state: stateOf(page), ...fields });
    const body = JSON.parse(answer.text);
    return { ...answer, body, options: body.authn_params_public_key as Options };
  }
  async function signUp(parameters: Record<string, string> = {}, email = `${fresh()}@example.com`) {
    const browser = createBrowser();
    const authenticator = createAuthenticator(t.tenant.origin);
    const page = await browser.open(authorizeUrl(t, { screen_hint: 'signup', ...parameters }));
    const { options, body } = await begin(browser, page, { ceremony: 'sign-up', email });
    const authn_response = JSON.stringify(authenticator.create(options));
    const done = await browser.submit(page, { auth_session: body.auth_session, authn_response });
    return { done, authenticator, email };
  }
  async function signIn(
    authenticator: ReturnType<typeof createAuthenticator>,
    { wrong, ...parameters }: { readonly wrong?: Deviations; readonly [name: string]: unknown } = {},
  ) {
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, parameters as Record<string, string>));
    const { options, body } = await begin(browser, page, { ceremony: 'sign-in' });
    const authn_response = JSON.stringify(authenticator.get(options, wrong));
    return browser.submit(page, { auth_session: body.auth_session, authn_response });
  }
  const finish = async (page: Page) => claimsOf(await exchange(t, 'web', answerOf(page).code), 'id_token');

  it('an account is created with a passkey, which then signs the user in', async () => {
    const { done, authenticator, email } = await signUp({ scope: 'openid email' });
    const made = await finish(done);
    expect(made).toMatchObject({ email, email_verified: false });
    const again = await finish(await signIn(authenticator));
    expect(again.sub).toBe(made.sub);
    expect(t.tenant.context.log.list().filter(({ type }) => type === 'ss')).toHaveLength(1);
  });

  it('a user signs up in an organization, signs in there, and not where they are no member', async () => {
    const { done, authenticator } = await signUp({ organization: 'open' });
    const { org_id } = await finish(done);
    expect(org_id).toMatch(/^org_/);
    expect((await finish(await signIn(authenticator, { organization: 'open' }))).org_id).toBe(org_id);
    const refused = answerOf(await signIn(authenticator, { organization: 'closed' }));
    expect(refused).toMatchObject({
      error: 'access_denied',
      error_description: expect.stringMatching(/^user auth0\|\w+ is not part of the org_\w+ organization$/),
    });
  });

  it('no account is created where sign-up is not enabled, or for an address that exists', async () => {
    const browser = createBrowser();
    const closed = await browser.open(authorizeUrl(t, { organization: 'closed' }));
    const fields = { ceremony: 'sign-up', email: `${fresh()}@example.com` };
    expect((await begin(browser, closed, fields)).body.error_description).toBe('public signup is disabled');
    const open = await browser.open(authorizeUrl(t, {}));
    const taken = await begin(browser, open, { ceremony: 'sign-up', email: 'ann@example.com' });
    expect([taken.status, taken.body.error]).toEqual([400, 'invalid_request']);
  });

  it('an invalid response shows the sign-in page again, and the log has the reason', async () => {
    const { authenticator } = await signUp();
    const page = await signIn(authenticator, { wrong: { origin: 'https://evil.example' } });
    expect([page.status, page.url.pathname]).toEqual([400, '/u/passkey']);
    expect(page.text).toContain('Invalid passkey.');
    expect(t.tenant.context.log.list().at(-1)).toMatchObject({
      type: 'f',
      description: expect.stringContaining('Unexpected authentication response origin'),
    });
    expect((await finish(await signIn(authenticator))).sub).toBeTypeOf('string');
  });

  it('a response is accepted once, by one of two parallel submissions', async () => {
    const { authenticator } = await signUp();
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, {}));
    const { options, body } = await begin(browser, page, { ceremony: 'sign-in' });
    const fields = {
      state: stateOf(page),
      auth_session: body.auth_session,
      authn_response: JSON.stringify(authenticator.get(options)),
    };
    const both = await Promise.all([1, 2].map(() => browser.post(`${t.tenant.origin}/u/passkey`, fields)));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 400]);
  });

  it('a blocked user is refused to the application', async () => {
    const { done, authenticator } = await signUp();
    const { sub } = await finish(done);
    await t.manage('PATCH', `/users/${encodeURIComponent(String(sub))}`, { blocked: true });
    expect(answerOf(await signIn(authenticator))).toMatchObject({
      error: 'unauthorized',
      error_description: 'user is blocked',
    });
  });

  it('without the browser that began the sign-in, and from another origin, nothing begins', async () => {
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, {}));
    expect((await begin(createBrowser(), page, {})).status).toBe(400);
    const foreign = { origin: 'http://localhost:4777' };
    const path = `${t.tenant.origin}/u/passkey/challenge`;
    expect((await browser.post(path, { state: stateOf(page) }, foreign)).status).toBe(400);
    const fields = { state: stateOf(page), auth_session: 'none', authn_response: 'none' };
    expect((await createBrowser().post(`${t.tenant.origin}/u/passkey`, fields)).status).toBe(400);
    expect((await browser.post(`${t.tenant.origin}/u/passkey`, fields)).status).toBe(400);
  });

  it('a connection without passkeys has no form for them, and begins none', async () => {
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, { connection: 'plain' }));
    expect(page.text).not.toContain('passkey');
    expect(page.headers.get('content-security-policy')).not.toContain('script-src');
    expect((await begin(browser, page, {})).body.error_description).toBe(
      'Passkeys are not enabled for the connection',
    );
  });

  it('a password still signs in on the page with passkeys', async () => {
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, {}));
    expect(page.text).toContain('Continue with a passkey');
    const done = await browser.submit(page, { username: 'ann@example.com', password });
    expect(locationOf(done).searchParams.get('code')).toBeTypeOf('string');
  });
});

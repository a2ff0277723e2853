import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { callback } from './support/browser-seed.ts';
import { directory, password } from './support/seed.ts';
import { answerOf, authorizeUrl, exchange, type Parameters, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const acme = 'org_acme000000000000';
const globex = 'org_globex0000000000';
const joining = 'org_joining000000000';
const invited = 'org_invited000000000';

const client = (client_id: string, more: object) => ({
  client_id,
  name: `The ${client_id}`,
  callbacks: [callback],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'password',
    'http://auth0.com/oauth/grant-type/password-realm',
  ],
  skip_non_verifiable_callback_uri_confirmation_prompt: true,
  ...more,
});
const user = (name: string) => ({ user_id: `${name}-id`, email: `${name}@example.com`, password });

const seed = {
  tenant: { default_redirection_uri: 'https://app.example/login' },
  connections: [
    { name: directory, options: { disable_signup: true } },
    { name: 'partners', enabled_clients: [] },
    { name: 'provider', strategy: 'oidc', enabled_clients: [] },
  ],
  resource_servers: [
    {
      identifier: 'urn:work',
      scopes: [{ value: 'read' }, { value: 'write' }],
      enforce_policies: true,
      token_dialect: 'access_token_authz',
      allow_offline_access: true,
      skip_consent_for_verifiable_first_party_clients: true,
    },
    { identifier: 'urn:jobs', scopes: [{ value: 'run' }] },
  ],
  clients: [
    client('web', { organization_usage: 'allow' }),
    client('strict-org', { organization_usage: 'require' }),
    client('asks-first', {
      organization_usage: 'require',
      organization_require_behavior: 'pre_login_prompt',
    }),
    client('asks-after', {
      organization_usage: 'require',
      organization_require_behavior: 'post_login_prompt',
    }),
    client('may-ask', { organization_usage: 'allow', organization_require_behavior: 'post_login_prompt' }),
    { client_id: 'job', grant_types: ['client_credentials'] },
    {
      client_id: 'bound-job',
      grant_types: ['client_credentials'],
      default_organization: { organization_id: acme, flows: ['client_credentials'] },
    },
  ],
  client_grants: [
    { client_id: 'job', audience: 'urn:jobs', scope: ['run'], organization_usage: 'allow' },
    { client_id: 'bound-job', audience: 'urn:jobs', scope: ['run'], organization_usage: 'require' },
  ],
  roles: [
    {
      name: 'tenant-wide',
      permissions: [{ resource_server_identifier: 'urn:work', permission_name: 'write' }],
    },
    { name: 'in-acme', permissions: [{ resource_server_identifier: 'urn:work', permission_name: 'read' }] },
  ],
  organizations: [
    {
      id: acme,
      name: 'acme',
      display_name: 'Acme',
      connections: [directory],
      members: [{ user_id: 'auth0|ann-id', roles: ['in-acme'] }, 'auth0|cyd-id'],
      client_grants: [
        { client_id: 'job', audience: 'urn:jobs' },
        { client_id: 'bound-job', audience: 'urn:jobs' },
      ],
    },
    {
      id: globex,
      name: 'globex',
      display_name: 'Globex',
      connections: [directory],
      members: ['auth0|ann-id'],
    },
    {
      id: joining,
      name: 'joining',
      connections: [{ name: 'partners', assign_membership_on_login: true, is_signup_enabled: true }],
    },
    {
      id: invited,
      name: 'invited',
      connections: [{ name: directory, assign_membership_on_login: true, is_signup_enabled: true }],
    },
    {
      id: 'org_hidden0000000000',
      name: 'hidden',
      connections: [{ name: 'provider', show_as_button: false }],
    },
  ],
  users: [
    { ...user('ann'), roles: ['tenant-wide'] },
    user('bob'),
    user('cyd'),
    { ...user('pam'), connection: 'partners' },
  ],
};

describe.each(stores)('organizations at /authorize on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const ask = async (parameters: Parameters) =>
    answerOf(await createBrowser().get(authorizeUrl(t, { state: 's', ...parameters })));
  const press = (browser: Browser, page: Page, fields: Record<string, string>) =>
    browser.submit(page, fields);
  const claimsBy = async (page: Page, clientId = 'web') => {
    const tokens = await exchange(t, clientId, answerOf(page)['code']);
    return { tokens, id: claimsOf(tokens, 'id_token') };
  };

  it('a request by name is refused unless the tenant allows names, and only then tokens have the name', async () => {
    expect(await ask({ organization: 'acme' })).toEqual({
      error: 'invalid_request',
      error_description: 'authorization request parameter organization must be an organization id',
      state: 's',
    });
    const without = await claimsBy(await signInBy(createBrowser(), t, { organization: acme }));
    expect(without.id).toMatchObject({ org_id: acme });
    expect(without.id).not.toHaveProperty('org_name');
    const restore = alter(t.stored.settings, {
      extra: { allow_organization_name_in_authentication_api: true },
    });
    const named = await claimsBy(await signInBy(createBrowser(), t, { organization: 'ACME' }));
    expect(named.id).toMatchObject({ org_id: acme, org_name: 'acme' });
    restore();
  });

  it('a user of a connection that the organization does not have is refused', async () => {
    const browser = createBrowser();
    await signInBy(browser, t, { organization: joining, connection: 'partners' }, 'pam@example.com');
    expect(answerOf(await browser.open(authorizeUrl(t, { organization: acme })))).toMatchObject({
      error: 'access_denied',
      error_description: `user auth0|pam-id belongs to connection partners that is not part of the ${acme} organization`,
    });
    expect(await ask({ organization: acme, connection: 'partners' })).toMatchObject({
      error_description: 'the connection is not enabled',
    });
  });

  it('signing in by a connection that assigns membership joins the organization', async () => {
    t.stored.organizations.put({ ...t.stored.organizations.get(joining)!, members: [] });
    const page = await signInBy(createBrowser(), t, { organization: joining }, 'pam@example.com');
    expect((await claimsBy(page)).id).toMatchObject({ org_id: joining, sub: 'auth0|pam-id' });
    expect(t.stored.organizations.get(joining)?.members).toEqual(['auth0|pam-id']);
  });

  it('an organization with only hidden connections cannot be signed in to', async () => {
    const page = await createBrowser().open(authorizeUrl(t, { organization: 'org_hidden0000000000' }));
    expect(answerOf(page)).toMatchObject({
      error: 'invalid_request',
      error_description: 'no connections enabled for the organization are visible',
    });
  });

  it('in an organization only the member’s roles there apply', async () => {
    const scope = 'openid read write';
    const inside = await claimsBy(
      await signInBy(createBrowser(), t, { organization: acme, audience: 'urn:work', scope }),
    );
    expect(claimsOf(inside.tokens)).toMatchObject({ org_id: acme, permissions: ['read'] });
    expect(inside.tokens.json['scope']).toBe('openid read');
    const outside = await claimsBy(await signInBy(createBrowser(), t, { audience: 'urn:work', scope }));
    expect(claimsOf(outside.tokens)).toMatchObject({ permissions: ['write'] });
  });

  it('a member who is removed can neither refresh nor exchange a code: access_denied', async () => {
    const scope = 'openid offline_access';
    const page = await signInBy(
      createBrowser(),
      t,
      { organization: acme, audience: 'urn:work', scope },
      'cyd@example.com',
    );
    const { tokens } = await claimsBy(page);
    const refresh = { grant_type: 'refresh_token', refresh_token: textOf(tokens, 'refresh_token') };
    const kept = await t.token('web', refresh);
    expect(claimsOf(kept)).toMatchObject({ org_id: acme });
    const late = await signInBy(createBrowser(), t, { organization: acme }, 'cyd@example.com');
    const restore = alter(t.stored.organizations, { members: ['auth0|ann-id'] }, acme);
    for (const refused of [await t.token('web', refresh), await exchange(t, 'web', answerOf(late)['code'])])
      expect([refused.status, refused.json]).toEqual([
        403,
        {
          error: 'access_denied',
          error_description: `user auth0|cyd-id is not part of the ${acme} organization`,
        },
      ]);
    restore();
  });

  it('pre_login_prompt asks for the organization before the sign-in', async () => {
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, { client_id: 'asks-first' }));
    expect([page.url.pathname, page.text.includes('Enter Organization')]).toEqual(['/u/organization', true]);
    const wrong = await press(browser, page, { organization: 'nowhere' });
    expect([wrong.status, wrong.text.includes('The organization you entered is invalid')]).toEqual([
      400,
      true,
    ]);
    const login = await press(browser, wrong, { organization: 'acme' });
    expect(login.url.pathname).toBe('/u/login');
    const done = await press(browser, login, { username: 'ann@example.com', password });
    expect((await claimsBy(done, 'asks-first')).id).toMatchObject({ org_id: acme });
    expect(await ask({ client_id: 'asks-first', prompt: 'none' })).toMatchObject({
      error: 'interaction_required',
    });
  });

  it('post_login_prompt asks a member of several organizations, selects the only one, and refuses a member of none', async () => {
    const browser = createBrowser();
    const picker = await signInBy(browser, t, { client_id: 'asks-after' });
    expect([picker.url.pathname, picker.text.includes('Choose an Organization')]).toEqual([
      '/u/organization-picker',
      true,
    ]);
    const stranger = await press(browser, picker, { organization: globex });
    expect((await claimsBy(stranger, 'asks-after')).id).toMatchObject({ org_id: globex });
    const only = await signInBy(createBrowser(), t, { client_id: 'asks-after' }, 'cyd@example.com');
    expect((await claimsBy(only, 'asks-after')).id).toMatchObject({ org_id: acme });
    alter(t.stored.organizations, { connections: [] }, invited);
    const none = await signInBy(createBrowser(), t, { client_id: 'asks-after' }, 'bob@example.com');
    expect(answerOf(none)).toMatchObject({
      error: 'invalid_request',
      error_description:
        'client requires organization membership, but user does not belong to any organization',
    });
  });

  it('a picked organization must be one of the user’s', async () => {
    const browser = createBrowser();
    const picker = await signInBy(browser, t, { client_id: 'asks-after' });
    const state = new URL(picker.url).searchParams.get('state') ?? '';
    const page = await browser.post(picker.url, { state, organization: joining });
    expect([page.status, page.text.includes('Choose an Organization')]).toEqual([200, true]);
  });

  it('where organizations are optional, the picker offers the personal account', async () => {
    const browser = createBrowser();
    const picker = await signInBy(browser, t, { client_id: 'may-ask' });
    const done = await press(browser, picker, { action: 'personal' });
    expect((await claimsBy(done, 'may-ask')).id).not.toHaveProperty('org_id');
    const none = await signInBy(createBrowser(), t, { client_id: 'may-ask' }, 'bob@example.com');
    expect((await claimsBy(none, 'may-ask')).id).not.toHaveProperty('org_id');
  });

  it('a client gets tokens for the organizations of its grant, or for its default one', async () => {
    const grant = { grant_type: 'client_credentials', audience: 'urn:jobs' };
    expect(claimsOf(await t.token('job', { ...grant, organization: 'acme' }))).toMatchObject({
      org_id: acme,
    });
    expect(claimsOf(await t.token('job', grant))).not.toHaveProperty('org_id');
    expect(claimsOf(await t.token('bound-job', grant))).toMatchObject({ org_id: acme });
    expect(t.tenant.context.log.list().at(-1)).toMatchObject({ type: 'seccft', organization_id: acme });
    const foreign = await t.token('job', { ...grant, organization: globex });
    expect([foreign.status, foreign.json['error']]).toEqual([403, 'access_denied']);
    const unknown = await t.token('job', { ...grant, organization: 'nowhere' });
    expect(unknown.json).toMatchObject({ error_description: 'parameter organization is invalid: nowhere' });
  });

  it('a password grant cannot sign in to an organization', async () => {
    const named = await t.signIn('web', { organization: acme });
    expect([named.status, named.json['error']]).toEqual([400, 'invalid_request']);
    const required = await t.signIn('strict-org');
    expect(required.json).toMatchObject({
      error_description: 'parameter organization is required for this client',
    });
  });
});

describe.each(stores)('invitations at /authorize on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  let count = 0;
  /** Invites an address as the Management API would; the parameters of the mailed link. */
  async function invite(email: string, more: object = {}): Promise<Parameters> {
    const { createInvitation } = await import('../src/organizations/invitations.ts');
    const organization = t.stored.organizations.get(invited);
    const web = t.stored.clients.get('web');
    if (!organization || !web) throw new Error('no seed');
    count += 1;
    const { invitation_url } = createInvitation(t.tenant.context, organization, {
      inviter: { name: 'Ann' },
      invitee: { email },
      client: web,
      loginUrl: 'https://app.example/login',
      ttlS: undefined,
      isMailed: true,
      ...more,
    });
    const { invitation = '', organization: id = '' } = Object.fromEntries(
      new URL(invitation_url).searchParams,
    );
    return { invitation, organization: id };
  }

  it('an invited user signs up although sign-up is disabled, and is a verified member with the roles of the invitation', async () => {
    const role = t.stored.roles.find('name', 'in-acme')[0]?.id ?? '';
    const asked = await invite('new@example.com', { roles: [role], user_metadata: { from: 'mail' } });
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, asked));
    expect(page.url.pathname).toBe('/u/invitation');
    expect(page.text).toContain('<strong>new@example.com</strong>');
    const login = await browser.submit(page, { action: 'accept' });
    const link = /href="(\/u\/signup[^"]*)"/.exec(login.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const form = await browser.open(new URL(link, login.url));
    const other = await browser.submit(form, { email: 'other@example.com', password });
    expect([other.status, other.text.includes('The invitation is for new@example.com.')]).toEqual([
      400,
      true,
    ]);
    const done = await browser.submit(other, { email: 'new@example.com', password });
    const tokens = await exchange(t, 'web', answerOf(done)['code']);
    const { sub = '' } = decodeJwt(textOf(tokens, 'id_token'));
    expect(claimsOf(tokens, 'id_token')).toMatchObject({ org_id: invited });
    expect(t.stored.users.get(sub)).toMatchObject({ email_verified: true, user_metadata: { from: 'mail' } });
    expect(t.stored.organizations.get(invited)).toMatchObject({
      members: expect.arrayContaining([sub]),
      member_roles: { [sub]: [role] },
    });
    const again = await createBrowser().open(authorizeUrl(t, asked));
    expect(answerOf(again)).toMatchObject({
      error: 'invalid_request',
      error_description: 'invitation not found or already used',
    });
  });

  it('only the invited address can accept, and a failed attempt does not use the ticket', async () => {
    const asked = await invite('cyd@example.com');
    const wrong = createBrowser();
    await signInBy(wrong, t, {}, 'bob@example.com');
    const page = await wrong.open(authorizeUrl(t, asked));
    const login = await wrong.submit(page, { action: 'accept' });
    expect(login.url.pathname).toBe('/u/login');
    const refused = await wrong.submit(login, { username: 'bob@example.com', password });
    expect(answerOf(refused)['error']).toBe('access_denied');
    const right = createBrowser();
    const open = await right.open(authorizeUrl(t, asked));
    const next = await right.submit(open, { action: 'accept' });
    const done = await right.submit(next, { username: 'cyd@example.com', password });
    expect(locationOf(done).searchParams.has('code')).toBe(true);
    expect(t.stored.organizations.get(invited)?.members).toContain('auth0|cyd-id');
    expect(t.stored.organizations.get(invited)?.members).not.toContain('auth0|bob-id');
  });

  it('a declined invitation is access_denied and stays open', async () => {
    const asked = await invite('ann@example.com');
    const browser = createBrowser();
    const page = await browser.open(authorizeUrl(t, asked));
    expect(answerOf(await browser.submit(page, { action: 'deny' }))['error']).toBe('access_denied');
    expect((await createBrowser().open(authorizeUrl(t, asked))).url.pathname).toBe('/u/invitation');
  });

  it('a ticket of another client or organization, with a deleted role, or that has expired is refused', async () => {
    const refusalOf = async (parameters: Parameters) =>
      answerOf(await createBrowser().get(authorizeUrl(t, parameters)))['error_description'];
    const asked = await invite('bob@example.com');
    expect(await refusalOf({ ...asked, client_id: 'strict-org' })).toBe(
      'invalid invitation ticket (client_id mismatch)',
    );
    expect(await refusalOf({ ...asked, organization: acme })).toBe(
      'invalid invitation ticket (organization mismatch)',
    );
    expect(await refusalOf(await invite('bob@example.com', { roles: ['rol_gone'] }))).toBe(
      'invalid invitation ticket (unknown roles: rol_gone)',
    );
    t.clock.offsetS += 604_800;
    expect(await refusalOf(asked)).toBe('invitation not found or already used');
    t.clock.offsetS -= 604_800;
    expect(count).toBeGreaterThan(0);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { alter, storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { eventually } from '../../support/eventually.ts';
import { writeSeedFile } from '../../support/seed-file.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, user } from './support.ts';

const ada = 'auth0|ada000000000000000000000';
const seed = {
  tenant: { allow_organization_name_in_authentication_api: true },
  clients: [
    { client_id: 'gatehouse', organization_usage: 'allow' },
    { client_id: 'inviter', client_secret: 'inviting', grant_types: ['client_credentials'] },
  ],
  client_grants: [{ client_id: 'inviter', audience: '$mgmt', scope: ['create:organization_invitations'] }],
  users: [{ user_id: ada, ...user, email_verified: true }],
  organizations: [
    { id: 'org_acme000000000000', name: 'acme', members: [ada] },
    { id: 'org_globex0000000000', name: 'globex', members: [ada] },
    { id: 'org_initech000000000', name: 'initech', members: [] },
  ],
};

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' }, writeSeedFile(seed));
});
beforeEach(() => {
  browser = createBrowser();
});
afterAll(() => world.close());

const login = (query: Record<string, string>, from = browser) =>
  from.get(`${world.gateway.publicUrl}/v1/auth/login?${new URLSearchParams(query).toString()}`);
const liveTokens = (): number =>
  storedIn(world.tenant)
    .refreshFamilies.list()
    .filter(({ revoked }) => !revoked).length;

describe('a sign-in to an organization', () => {
  it.each(['org_acme000000000000', 'acme', 'ACME'])(
    'asked for as %s gets a session',
    async (organization) => {
      const done = await signInByRedirect(browser, world, { organization });
      expect(done.status).toBe(303);
      expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
    },
  );

  it.each<[string, string, (asked: URL) => void]>([
    ['left out', 'org_acme000000000000', ({ searchParams }) => searchParams.delete('organization')],
    ['left out, by name', 'acme', ({ searchParams }) => searchParams.delete('organization')],
    ['replaced', 'org_acme000000000000', ({ searchParams }) => searchParams.set('organization', 'globex')],
    ['replaced, by name', 'acme', ({ searchParams }) => searchParams.set('organization', 'globex')],
  ])(
    'whose organization the browser has %s is refused, and leaves nothing behind',
    async (_, organization, change) => {
      await signInByRedirect(browser, world);
      const before = liveTokens();
      const session = await readSession(browser, world);
      const asked = locationOf(await login({ organization, return_to: '/inside' }));
      change(asked);
      const callback = locationOf(await browser.open(asked));
      expect(callback.searchParams.has('code')).toBe(true);
      const page = await browser.get(callback);
      expect(page.status).toBe(403);
      expect(page.text).toContain('access_denied');
      // The retry link requests the same organization.
      expect(page.text).toMatch(new RegExp(`href="[^"]*organization=${organization}[^"]*prompt=login"`));
      expect(await readSession(browser, world)).toEqual(session);
      await eventually(liveTokens).toBe(before);
    },
  );

  it('by a user who is not a member is denied by the tenant', async () => {
    const done = await signInByRedirect(browser, world, { organization: 'initech' });
    expect(done.status).toBe(403);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });

  it('that the frontend did not request is accepted', async () => {
    const asked = locationOf(await login({}));
    asked.searchParams.set('organization', 'acme');
    const page = await browser.open(asked);
    const back = locationOf(await browser.submit(page, { username: user.email, password: user.password }));
    expect((await browser.get(back)).status).toBe(303);
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
  });
});

describe('the link of an invitation', () => {
  const invitation = {
    invitation: 'k3Jq9VbZ0aXw7TnR5mYc2LpE8sHdUf4G',
    organization: 'org_acme000000000000',
    organization_name: 'Acme & Söhne',
  };

  it('forwards all its parameters to the tenant', async () => {
    const asked = Object.fromEntries(locationOf(await login(invitation)).searchParams);
    expect(asked).toMatchObject(invitation);
    const start = await fetch(`${world.gateway.publicUrl}/v1/auth/login/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(invitation),
    });
    const { authorization_url } = (await start.json()) as { authorization_url: string };
    expect(Object.fromEntries(new URL(authorization_url).searchParams)).toMatchObject(invitation);
  });

  it.each(['invitation', 'organization', 'organization_name'])(
    'with a %s that is none is refused',
    async (name) => {
      const page = await login({ ...invitation, [name]: 'a\r\nb' });
      expect(page.status).toBe(400);
    },
  );
});

describe('an invitation', () => {
  const guest = { email: 'guest@example.com', password: 'Correct-Horse-9' };

  /** Invites an address to Acme by the Management API, and returns the link in its mail. */
  async function mailInvitation(email: string): Promise<URL> {
    const { tenant, gateway } = world;
    const [audience, origin] = [`${tenant.issuer}api/v2/`, tenant.origin];
    const post = async (url: string, body: object, headers: Record<string, string> = {}) => {
      const all = { 'content-type': 'application/json', ...headers };
      const answer = await fetch(url, { method: 'POST', headers: all, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, string>;
    };
    const asked = {
      grant_type: 'client_credentials',
      client_id: 'inviter',
      client_secret: 'inviting',
      audience,
    };
    const { access_token } = await post(`${origin}/oauth/token`, asked);
    alter(
      storedIn(tenant).clients,
      { initiate_login_uri: `${gateway.publicUrl}/v1/auth/login` },
      'gatehouse',
    );
    const invitation = { inviter: { name: 'Ada' }, invitee: { email }, client_id: 'gatehouse' };
    const path = '/api/v2/organizations/org_acme000000000000/invitations';
    await post(`${origin}${path}`, invitation, { authorization: `Bearer ${access_token}` });
    const mail = world.tenantContext.inbox.list({ to: email }).at(-1);
    return new URL(mail?.link ?? '');
  }

  it('is accepted by its link: the invited user signs up and is a member, and the link works once', async () => {
    const link = await mailInvitation(guest.email);
    expect(link.href.startsWith(`${world.gateway.publicUrl}/v1/auth/login?invitation=`)).toBe(true);
    const page = await browser.open(locationOf(await browser.get(link)));
    expect(page.text).toContain('You’ve Been Invited!');
    const signIn = await browser.submit(page, { action: 'accept' });
    const href = /href="(\/u\/signup[^"]*)"/.exec(signIn.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const form = await browser.open(new URL(href, signIn.url));
    const done = await browser.get(locationOf(await browser.submit(form, guest)));
    expect(done.status).toBe(303);
    expect(await readSession(browser, world)).toMatchObject({ user: { email: guest.email } });
    const later = createBrowser();
    const organization = 'org_acme000000000000';
    expect((await signInByRedirect(later, world, { organization }, guest)).status).toBe(303);
    const stranger = createBrowser();
    const again = await stranger.get(locationOf(await stranger.open(locationOf(await stranger.get(link)))));
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(await readSession(stranger, world)).toEqual({ authenticated: false });
  });

  it('of another user is access_denied, and stays open for the invited user', async () => {
    const link = await mailInvitation('elsewhere@example.com');
    const page = await browser.open(locationOf(await browser.get(link)));
    const signIn = await browser.submit(page, { action: 'accept' });
    const { email: username, password } = user;
    const refused = locationOf(await browser.submit(signIn, { username, password }));
    expect(refused.searchParams.get('error')).toBe('access_denied');
    expect((await browser.get(refused)).status).toBe(403);
    const ticket = link.searchParams.get('invitation') ?? '';
    expect(storedIn(world.tenant).invitations.find('ticket_id', ticket)).toHaveLength(1);
  });

  it('cannot be used for another organization', async () => {
    const link = await mailInvitation('traveller@example.com');
    link.searchParams.set('organization', 'org_globex0000000000');
    const refused = locationOf(await browser.open(locationOf(await browser.get(link))));
    expect(refused.searchParams.get('error_description')).toBe(
      'invalid invitation ticket (organization mismatch)',
    );
    expect((await browser.get(refused)).status).toBeGreaterThanOrEqual(400);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { eventually } from '../../support/eventually.ts';
import { writeSeedFile } from '../../support/seed-file.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, user } from './support.ts';

const ada = 'auth0|ada000000000000000000000';
const seed = {
  clients: [{ client_id: 'gatehouse', organization_usage: 'allow' }],
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
    'that the browser has %s on its way is refused, and leaves nothing behind',
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
      // The way to try again asks for the same organization.
      expect(page.text).toMatch(new RegExp(`href="[^"]*organization=${organization}[^"]*prompt=login"`));
      expect(await readSession(browser, world)).toEqual(session);
      await eventually(liveTokens).toBe(before);
    },
  );

  it('by somebody who is no member is denied by the tenant', async () => {
    const done = await signInByRedirect(browser, world, { organization: 'initech' });
    expect(done.status).toBe(403);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });

  it('that nobody asked for is as good as any other', async () => {
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

  it('passes all its parameters on to the tenant', async () => {
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

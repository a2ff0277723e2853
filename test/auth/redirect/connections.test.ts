import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Browser,
  createBrowser,
  locationOf,
  type Page,
} from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { writeSeedFile } from '../../support/seed-file.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, signUp } from './support.ts';

const acme = 'org_acme000000000000';
const seed = {
  tenant: { allow_organization_name_in_authentication_api: true },
  clients: [{ client_id: 'gatehouse', organization_usage: 'allow' }],
  organizations: [{ id: acme, name: 'acme', members: [] }],
};

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' }, writeSeedFile(seed));
  await signUp(world);
});
beforeEach(() => {
  browser = createBrowser();
});
afterAll(() => world.close());

/** The provider's page of a sign-in, or the redirect to the callback if no page is shown. */
async function reachProvider(query: Record<string, string>, { gateway } = world): Promise<Page> {
  const login = await browser.get(
    `${gateway.publicUrl}/v1/auth/login?${new URLSearchParams(query).toString()}`,
  );
  return browser.open(locationOf(login));
}

/** Chooses a user at the provider, and returns the response of the callback. */
async function signInAs(identity: string, query: Record<string, string>): Promise<Page> {
  const page = await reachProvider(query);
  return browser.get(locationOf(await browser.submit(page, { identity })));
}

function addToAcme(userId: string): void {
  const { organizations } = storedIn(world.tenant);
  const organization = organizations.get(acme);
  if (organization) organizations.put({ ...organization, members: [...organization.members, userId] });
}

describe.each([
  ['a social connection', 'simulated-social', 'oauth2'],
  ['an enterprise connection', 'simulated-enterprise', 'oidc'],
])('%s', (_, connection, strategy) => {
  it('is opened without the tenant’s own page, and signs in the user who returns', async () => {
    const done = await signInAs('alice', { connection, return_to: '/inside' });
    expect([done.status, locationOf(done).pathname]).toEqual([303, '/inside']);
    expect(await readSession(browser, world)).toMatchObject({
      authenticated: true,
      user: {
        id: `${strategy}|${connection}|alice`,
        email: 'alice@example.com',
        email_verified: true,
        name: 'Alice',
      },
    });
    const api = await browser.get(`${world.gateway.publicUrl}/api/location/geocode?q=Oslo`, {
      'x-csrf': '1',
    });
    expect(api.status).toBe(200);
  });

  it('reports an address that the provider has not verified', async () => {
    await signInAs('carol', { connection });
    expect(await readSession(browser, world)).toMatchObject({
      user: { email: 'carol@example.com', email_verified: false },
    });
  });

  it('that the user cancels does not sign in, and offers a new choice', async () => {
    const page = await reachProvider({ connection, return_to: '/inside' });
    const denied = await browser.get(locationOf(await browser.submit(page, { action: 'deny', email: '' })));
    expect(denied.status).toBe(403);
    expect(denied.text).toContain('access_denied');
    expect(denied.text).toMatch(/href="\/v1\/auth\/login\?return_to=[^"]*inside&amp;prompt=login"/);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });

  it('is opened again for a user who is signed in at the tenant by another connection', async () => {
    await signInByRedirect(browser, world);
    const done = await signInAs('bob', { connection });
    expect(done.status).toBe(303);
    expect(await readSession(browser, world)).toMatchObject({ user: { email: 'bob@example.com' } });
  });

  it('is part of the pushed parameters if so configured', async () => {
    const env = { RATE_LIMIT_ENABLED: 'false', AUTH0_USE_PAR: 'true' };
    const pushing = await startGatewayUnderTest(env, world.link, world.clock);
    const callback = `${pushing.gateway.publicUrl}/v1/auth/callback`;
    world.tenant.changeClientUrls(world.link.clientId, (urls) => ({
      ...urls,
      callbacks: [...urls.callbacks, callback],
    }));
    const page = await reachProvider({ connection }, { ...world, gateway: pushing.gateway });
    const back = locationOf(await browser.submit(page, { identity: 'alice' }));
    expect(`${back.origin}${back.pathname}`).toBe(callback);
    expect((await browser.get(back)).status).toBe(303);
    await pushing.close();
  });

  it('can be used with an organization, for its members', async () => {
    const query = { connection, organization: 'acme', return_to: '/inside' };
    const stranger = await signInAs('bob', query);
    expect(stranger.status).toBe(403);
    expect(stranger.text).toMatch(/href="[^"]*organization=acme[^"]*prompt=login"/);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
    addToAcme(`${strategy}|${connection}|alice`);
    browser = createBrowser();
    expect((await signInAs('alice', query)).status).toBe(303);
    expect(await readSession(browser, world)).toMatchObject({ user: { email: 'alice@example.com' } });
  });
});

describe('a connection', () => {
  it('can be chosen by a frontend that navigates itself', async () => {
    const start = await fetch(`${world.gateway.publicUrl}/v1/auth/login/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ connection: 'simulated-social' }),
    });
    const { authorization_url } = (await start.json()) as { authorization_url: string };
    const page = await browser.open(authorization_url);
    expect(page.url.pathname).toBe('/u/simulator');
  });

  it('that is not enabled for the application is a fault of the settings, with a link back', async () => {
    const back = await reachProvider({ connection: 'nowhere', return_to: '/inside' });
    const page = await browser.get(locationOf(back));
    expect(page.status).toBe(502);
    expect(page.text).toContain('tenant_misconfigured');
    expect(page.text).toMatch(/href="\/v1\/auth\/login\?return_to=[^"]*inside"/);
  });

  it.each(['a b', 'a\r\nb', '<script>', 'x'.repeat(129)])('is no such text: %j', async (connection) => {
    const login = await browser.get(
      `${world.gateway.publicUrl}/v1/auth/login?${new URLSearchParams({ connection }).toString()}`,
    );
    expect(login.status).toBe(400);
    expect(login.text).not.toContain('<script>');
  });
});

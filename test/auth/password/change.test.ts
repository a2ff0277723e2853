import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser as createTenantBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { alter, storedIn } from '../../../packages/tenant/test/support/stored.ts';
import {
  atReplica,
  breakTenant,
  callApi,
  longSessions,
  password,
  restoreTenant,
  signInUser,
} from '../../session/support/person.ts';
import { asBearer, type Browser, createBrowser, noBrowser } from '../../support/browser.ts';
import { eventually } from '../../support/eventually.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { writeSeedFile } from '../../support/seed-file.ts';
import { startWorld, type World } from '../../support/world.ts';
import { codeOf, newEmail } from '../passwordless/support.ts';
import { signInByRedirect } from '../redirect/support.ts';

const fresh = 'Another-Horse-7';
const seed = {
  connections: [
    {
      name: 'Username-Password-Authentication',
      options: {
        password_dictionary: { enable: true, dictionary: ['Well-Known-Word-1'] },
        password_history: { enable: true, size: 3 },
        password_no_personal_info: { enable: true },
      },
    },
  ],
};

let world: World;
let email: string;
beforeAll(async () => {
  world = await startWorld(longSessions, writeSeedFile(seed));
});
beforeEach(() => {
  email = newEmail();
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const change = (browser: Browser, body: object = {}, headers: Record<string, string | undefined> = {}) =>
  browser.send('POST', '/v1/auth/password/change', {
    body: { current_password: password, new_password: fresh, ...body },
    headers,
  });
const signIn = (word: string) =>
  createBrowser(world.url).send('POST', '/v1/auth/signin', { body: { email, password: word } });
const isSignedIn = async (browser: Browser) =>
  (await browser.send('GET', '/v1/auth/session')).body.authenticated;

async function signInForTokens(word = password) {
  const body = { email, password: word, mode: 'token' };
  const answer = await createBrowser(world.url).send('POST', '/v1/auth/signin', { body, headers: noBrowser });
  return answer.body;
}
async function refresh(refresh_token: string): Promise<number> {
  const options = { body: { refresh_token }, headers: noBrowser };
  return (await createBrowser(world.url).send('POST', '/v1/auth/refresh', options)).status;
}

/** The valid refresh tokens of this test's user at the tenant, in the order of their issue. */
function liveFamilies() {
  const { users, refreshFamilies } = storedIn(world.tenant);
  const user = users.list().find((found) => found.email === email);
  return refreshFamilies.list().filter(({ user_id, revoked }) => user_id === user?.user_id && !revoked);
}

/** The tenant refuses the first revocation with 429, so it is repeated a second later. */
const holdBackRevocation = () =>
  breakTenant(world, [{ method: 'POST', path: '^/api/v2/refresh-tokens/revoke$', status: 503, times: 1 }]);

/** Makes the tenant require a second factor of every user. Returns a function that ends this. */
function askForSecondFactors(): () => void {
  return alter(storedIn(world.tenant).guardian, { policies: ['all-applications'] });
}

describe('a user who changes their password', () => {
  it('keeps the current session, under a new cookie; all others end', async () => {
    const [here, there] = [await signInUser(world.url, email), await signInUser(world.url, email)];
    const before = atReplica(here, world.url);
    expect(await change(here)).toMatchObject({ status: 204, body: '' });
    expect([await isSignedIn(here), await isSignedIn(there), await isSignedIn(before)]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await signIn(password)).status).toBe(401);
    expect((await signIn(fresh)).status).toBe(200);
    // Also after its access token has expired.
    expect((await here.send('POST', '/v1/auth/refresh')).status).toBe(204);
    world.clock.offsetS += 86_400 + 60;
    expect((await callApi(here)).status).toBe(200);
  });

  it('keeps a session of a sign-in at the tenant’s pages, although the tenant’s own session ends', async () => {
    await signInUser(world.url, email);
    const pages = createTenantBrowser();
    await signInByRedirect(pages, world, {}, { email, password });
    const here = createBrowser(world.url);
    for (const [name, value] of pages.cookies) here.cookies.set(name, value);
    expect(await isSignedIn(here)).toBe(true);
    const told = () =>
      world.lines.filter(({ event }) => event === 'auth.backchannel_logout.succeeded').length;
    const before = told();
    expect((await change(here)).status).toBe(204);
    await eventually(told).toBeGreaterThan(before);
    expect(await isSignedIn(here)).toBe(true);
    expect((await here.send('POST', '/v1/auth/refresh')).status).toBe(204);
  });

  it('can use a bearer token of the gateway’s client: all sessions and earlier refresh tokens end', async () => {
    const browser = await signInUser(world.url, email);
    const { access_token, refresh_token } = await signInForTokens();
    const answer = await change(createBrowser(world.url), {}, asBearer(access_token));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    expect(await isSignedIn(browser)).toBe(false);
    await eventually(() => refresh(refresh_token)).toBe(401);
    expect((await signInForTokens(fresh)).access_token).toBeDefined();
  });

  it('gets earlier refresh tokens revoked even if the tenant does not revoke them', async () => {
    const here = await signInUser(world.url, email);
    await signInForTokens();
    const granted = liveFamilies();
    expect(granted).toHaveLength(2);
    await holdBackRevocation();
    expect((await change(here)).status).toBe(204);
    // A tenant that does not revoke refresh tokens when a password changes.
    for (const family of granted) storedIn(world.tenant).refreshFamilies.put(family);
    await eventually(() => liveFamilies().filter(({ id }) => granted.some((one) => one.id === id))).toEqual(
      [],
    );
    expect((await here.send('POST', '/v1/auth/refresh')).status).toBe(204);
  });

  it('keeps only the refresh token of a session whose renewal requires a second factor', async () => {
    const here = await signInUser(world.url, email);
    world.clock.offsetS += 60;
    await signInForTokens();
    const granted = liveFamilies();
    await holdBackRevocation();
    const restore = askForSecondFactors();
    expect((await change(here)).status).toBe(204);
    restore();
    for (const family of granted) storedIn(world.tenant).refreshFamilies.put(family);
    await eventually(() => liveFamilies().map(({ id }) => id)).toEqual([granted[0]?.id]);
    expect((await here.send('POST', '/v1/auth/refresh')).status).toBe(204);
    expect((await signIn(fresh)).status).toBe(200);
  });
});

describe('a refused change of password', () => {
  it('with a wrong current password, ends nothing', async () => {
    const [here, there] = [await signInUser(world.url, email), await signInUser(world.url, email)];
    expect(await change(here, { current_password: 'wrong' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, true]);
    expect((await signIn(password)).status).toBe(200);
  });

  it.each([
    ['too short', 'short', 'strength'],
    ['well known', 'Well-Known-Word-1', 'dictionary'],
    ['the old one', password, 'history'],
    ['leaked', 'AUTH0-TEST-Password-1', 'leaked'],
  ])('to one that is %s, ends nothing', async (_, new_password, reason) => {
    const [here, there] = [await signInUser(world.url, email), await signInUser(world.url, email)];
    expect(await change(here, { new_password })).toMatchObject({
      status: 422,
      body: { code: 'weak_password', reason },
    });
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, true]);
  });

  it('to one that contains the name of the user', async () => {
    const here = await signInUser(world.url, email);
    const answer = await change(here, { new_password: `A-${email.split('@')[0]}-Horse-9` });
    expect(answer).toMatchObject({ status: 422, body: { code: 'weak_password', reason: 'personal_info' } });
  });

  it('without a user, for a machine, and without X-CSRF', async () => {
    const here = await signInUser(world.url, email);
    expect((await change(createBrowser(world.url))).status).toBe(401);
    expect(await change(here, {}, { 'X-CSRF': undefined })).toMatchObject({ body: { code: 'csrf_failed' } });
    const machine = await createBrowser(world.url).send('POST', '/v1/oauth/token', {
      body: { grant_type: 'client_credentials', ...world.tenant.credentials('gift-deliveries') },
      headers: noBrowser,
    });
    const answer = await change(createBrowser(world.url), {}, asBearer(machine.body.access_token));
    expect(answer.status).toBe(403);
  });

  it('for a user without a password', async () => {
    const browser = createBrowser(world.url);
    await browser.send('POST', '/v1/auth/passwordless/start', { body: { email } });
    const code = codeOf(world, email);
    await browser.send('POST', '/v1/auth/passwordless/verify', { body: { email, code } });
    expect(await change(browser)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', detail: expect.stringContaining('no password at this gateway') },
    });
  });

  it.each([
    ['without the current password', { current_password: undefined }],
    ['with a list', { new_password: [fresh] }],
    ['for another user', { user_id: 'auth0|1' }],
  ])('%s', async (_, body) => {
    const here = await signInUser(world.url, email);
    expect(await change(here, body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('for a deleted account', async () => {
    const here = await signInUser(world.url, email);
    const { users } = storedIn(world.tenant);
    for (const user of users.list()) if (user.email === email) users.remove(user.user_id);
    expect(await change(here)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each([
    ['the Management API is away', { path: '^/api/v2/' }],
    ['the token endpoint is away', { path: '^/oauth/token$' }],
  ])('if %s, is an outage, and changes nothing', async (_, fault) => {
    const under = await startGatewayUnderTest(longSessions, world.link, world.clock);
    const here = await signInUser(under.url, email);
    await breakTenant(world, [{ method: '*', status: 503, times: 50, ...fault }]);
    expect(await change(here)).toMatchObject({ status: 503, body: { code: 'tenant_unavailable' } });
    await restoreTenant(world);
    expect((await signIn(password)).status).toBe(200);
    await under.close();
  });
});

describe('the current password', () => {
  it('counts as a sign-in attempt: the eleventh wrong one is refused, over sign-ins and changes', async () => {
    const under = await startGatewayUnderTest({}, world.link, world.clock);
    const here = await signInUser(under.url, email);
    const wrong = { current_password: 'wrong' };
    for (let i = 0; i < 5; i++) {
      expect((await change(here, wrong)).status).toBe(401);
      const body = { email, password: 'wrong' };
      expect((await createBrowser(under.url).send('POST', '/v1/auth/signin', { body })).status).toBe(401);
    }
    const refused = await change(here);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await under.close();
  });

  it('is sufficient if the tenant requires a second factor, because the session has verified it', async () => {
    const here = await signInUser(world.url, email);
    const restore = askForSecondFactors();
    expect((await change(here)).status).toBe(204);
    expect(await isSignedIn(here)).toBe(true);
    restore();
    expect((await signIn(fresh)).status).toBe(200);
  });
});

it('a password can be changed only with the Management API', async () => {
  const { management, ...link } = world.link;
  expect(management).toBeDefined();
  const bare = await startGatewayUnderTest(longSessions, link, world.clock);
  const here = await signInUser(bare.url, email);
  expect((await change(here)).status).toBe(404);
  const { body } = await here.send('GET', '/openapi.json');
  expect(Object.keys(body.paths)).not.toContain('/v1/auth/password/change');
  await bare.close();
});

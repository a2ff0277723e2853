import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { newEmail } from '../auth/passwordless/support.ts';
import { breakTenant, password, restoreTenant, signInUser } from '../session/support/person.ts';
import { type Browser, createBrowser, noBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Admin, createAdmin, pathOf } from './support.ts';

let world: World;
let admin: Admin;
let email: string;
let here: Browser;
let id: string;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  admin = await createAdmin(world);
});
beforeEach(async () => {
  email = newEmail();
  here = await signInUser(world.url, email);
  id = (await here.send('GET', '/v1/auth/session')).body.user.id;
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const isSignedIn = async (browser: Browser) =>
  (await browser.send('GET', '/v1/auth/session')).body.authenticated;
const liveFamilies = () =>
  storedIn(world.tenant)
    .refreshFamilies.list()
    .filter((family) => family.user_id === id && !family.revoked);

describe('the sessions of a user, for an administrator', () => {
  it('are listed as for the user, and contain no credentials', async () => {
    const there = createBrowser(world.url);
    await there.send('POST', '/v1/auth/signin', { body: { email, password } });
    const { status, body } = await admin.send('GET', `${pathOf(id)}/sessions`);
    expect(status).toBe(200);
    const own = (await here.send('GET', '/v1/auth/sessions')).body.sessions;
    expect(body.sessions.map((session: { id: string }) => session.id)).toEqual(
      own.map((session: { id: string }) => session.id),
    );
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(body.sessions[0]).toEqual({
      id: expect.any(String),
      device: expect.any(String),
      ip: '127.0.0.1',
      created_at: instant,
      last_seen_at: instant,
      expires_at: instant,
    });
    for (const [, cookie] of here.cookies) expect(JSON.stringify(body)).not.toContain(cookie.split('.')[0]);
  });

  it('end immediately, with the refresh tokens of callers without a session', async () => {
    const tokens = await createBrowser(world.url).send('POST', '/v1/auth/signin', {
      body: { email, password, mode: 'token' },
      headers: noBrowser,
    });
    const stranger = await signInUser(world.url, newEmail());
    expect(liveFamilies()).toHaveLength(2);
    expect((await admin.send('DELETE', `${pathOf(id)}/sessions`)).status).toBe(204);
    expect(await isSignedIn(here)).toBe(false);
    expect(await isSignedIn(stranger)).toBe(true);
    expect(liveFamilies()).toEqual([]);
    const refreshed = await createBrowser(world.url).send('POST', '/v1/auth/refresh', {
      body: { refresh_token: tokens.body.refresh_token },
      headers: noBrowser,
    });
    expect(refreshed.body.code).toBe('invalid_refresh_token');
    expect((await admin.send('GET', `${pathOf(id)}/sessions`)).body).toEqual({ sessions: [] });
  });

  it('end here during an outage of the tenant too, which the response reports', async () => {
    await breakTenant(world, [{ method: 'GET', path: '^/api/v2/refresh-tokens', status: 503, times: 50 }]);
    expect(await admin.send('DELETE', `${pathOf(id)}/sessions`)).toMatchObject({
      status: 503,
      body: { code: 'tenant_unavailable' },
    });
    expect(await isSignedIn(here)).toBe(false);
  });

  it('of an unknown user are an empty list', async () => {
    const nobody = pathOf('auth0|000000000000000000000000');
    expect((await admin.send('GET', `${nobody}/sessions`)).body).toEqual({ sessions: [] });
    expect((await admin.send('DELETE', `${nobody}/sessions`)).status).toBe(204);
  });
});

describe('the consents of a user, for an administrator', () => {
  const consent = (consentId: string, userId = id) =>
    storedIn(world.tenant).consents.put({
      id: consentId,
      client_id: 'tpc_my-todos',
      user_id: userId,
      audience: 'urn:organizer',
      scope: ['tasks'],
      organization: undefined,
    });
  const idsOf = async (userId = id) =>
    (await admin.send('GET', `${pathOf(userId)}/consents`)).body.consents.map(
      (each: { id: string }) => each.id,
    );

  it('are listed, and revoked one by one or all at once', async () => {
    for (const name of ['a', 'b', 'c']) consent(`${name}-of-${id}`);
    const first = `a-of-${id}`;
    const one = `${pathOf(id)}/consents/${encodeURIComponent(first)}`;
    expect((await admin.send('GET', one)).body).toEqual({
      id: first,
      client_id: 'tpc_my-todos',
      audience: 'urn:organizer',
      scopes: ['tasks'],
    });
    expect((await admin.send('DELETE', one)).status).toBe(204);
    expect(await idsOf()).toEqual([`b-of-${id}`, `c-of-${id}`]);
    expect((await admin.send('DELETE', one)).status).toBe(404);
    expect((await admin.send('DELETE', `${pathOf(id)}/consents`)).status).toBe(204);
    expect(await idsOf()).toEqual([]);
  });

  it('of another user cannot be revoked by id', async () => {
    consent('of-somebody-else', 'auth0|somebody-else');
    expect((await admin.send('DELETE', `${pathOf(id)}/consents/of-somebody-else`)).status).toBe(404);
    expect(await idsOf('auth0|somebody-else')).toEqual(['of-somebody-else']);
  });

  it('are all listed, over several pages', async () => {
    for (let i = 0; i < 230; i++) consent(`many-${i}-${id}`);
    expect(await idsOf()).toHaveLength(230);
  });
});

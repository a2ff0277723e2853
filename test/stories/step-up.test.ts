import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createBrowser as createPages,
  locationOf,
  type Page,
  type Browser as Pages,
} from '../../packages/tenant/test/support/browser.ts';
import { addPerson, createCaller, nextTotp, type Person, totpSecret } from '../auth/mfa/support.ts';
import { type Answer, type Browser, createBrowser } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';

const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

let upstream: RecordingUpstream;
let world: World;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const folder = makeFolder();
  const fileOf = (name: string, content: object): string => {
    const file = path.join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const common = { methods: ['GET'], upstream: upstream.url, token: 'user' };
  const routes = [
    { ...common, path: '/api/recent', guard: { user: true, max_age: 300 } },
    { ...common, path: '/api/strong', guard: { user: true, acr: [multiFactor] } },
    { ...common, path: '/api/both', guard: { user: true, max_age: 300, acr: [multiFactor] } },
  ];
  // A second factor is required at a new address, and on request of a client.
  const seed = fileOf('seed.json', { guardian: { policies: ['confidence-score'] } });
  const env = { RATE_LIMIT_ENABLED: 'false', ROUTES_FILE: fileOf('routes.json', { routes }) };
  world = await startWorld(env, seed);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

/** A user's browser: its cookies at the gateway, and those at the tenant. */
interface Seat {
  readonly person: Person;
  readonly browser: Browser;
  readonly pages: Pages;
}

const sitDown = (person: Person): Seat => ({
  person,
  browser: createBrowser(world.gateway.publicUrl),
  pages: createPages(),
});

const navigate = ({ browser }: Seat, to: string): Promise<Answer> =>
  browser.send('GET', to, {
    headers: {
      'X-CSRF': undefined,
      'Sec-Fetch-Site': 'none',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
      Accept: 'text/html',
    },
  });

const cookieOf = ({ browser }: Seat): string | undefined => browser.cookies.get('gatehouse');

/** Starts a sign-in. Returns the tenant's page, or its redirect if it shows none. */
async function toPage(seat: Seat, wish: Record<string, string> = {}): Promise<Page> {
  const query = new URLSearchParams({ return_to: '/docs?from=here', ...wish }).toString();
  const login = await navigate(seat, `/v1/auth/login?${query}`);
  expect(login.status).toBe(303);
  return seat.pages.open(login.headers.get('location') ?? '');
}

/** Sends the tenant's redirect to the gateway, which returns to the start of the sign-in. */
async function comeBack(seat: Seat, page: Page): Promise<void> {
  const { pathname, search } = locationOf(page);
  const done = await navigate(seat, `${pathname}${search}`);
  expect(done.status).toBe(303);
  expect(done.headers.get('location')).toBe(`${world.gateway.publicUrl}/docs?from=here`);
}

const typePassword = ({ pages, person }: Seat, page: Page): Promise<Page> =>
  pages.submit(page, { username: person.email, password: person.password });

const typeCode = async ({ pages, person }: Seat, page: Page): Promise<Page> =>
  pages.submit(page, { code: await nextTotp(world, person), action: 'continue' });

async function signInByRedirect(seat: Seat, wish: Record<string, string> = {}): Promise<void> {
  await comeBack(seat, await typePassword(seat, await toPage(seat, wish)));
}

const call = (seat: Seat, to: string): Promise<Answer> => seat.browser.send('GET', to);
const challengeOf = ({ headers }: Answer): string => headers.get('www-authenticate') ?? '';

describe('a route that requires a recent sign-in', () => {
  it('names the maximum age, and a new sign-in meets it, with a new session id', async () => {
    const seat = sitDown(await addPerson(world));
    await signInByRedirect(seat);
    const before = { ...seat, browser: createBrowser(world.gateway.publicUrl) };
    before.browser.cookies.set('gatehouse', cookieOf(seat) ?? '');
    const refused = await call(seat, '/api/recent');
    expect(refused).toMatchObject({
      status: 401,
      body: {
        code: 'insufficient_user_authentication',
        max_age: 300,
        detail: 'Sign in again with max_age=300.',
      },
    });
    expect(challengeOf(refused)).toMatch(
      /^Bearer realm="gatehouse", error="insufficient_user_authentication", max_age="300", resource_metadata=/,
    );
    expect(upstream.seen).toEqual([]);
    expect((await call(seat, '/v1/auth/session')).body.authenticated).toBe(true);

    // The user has just signed in: the tenant returns the time, without a page.
    await comeBack(seat, await toPage(seat, { max_age: String(refused.body.max_age) }));
    expect(cookieOf(seat)).not.toBe(cookieOf(before));
    expect((await call(before, '/v1/auth/session')).body).toEqual({ authenticated: false });
    expect((await call(seat, '/api/recent')).status).toBe(200);
    expect(upstream.last().headers['x-user-id']).toBe(seat.person.id);
  });

  it('requires it again when that sign-in is too old, regardless of refreshes', async () => {
    const seat = sitDown(await addPerson(world));
    await signInByRedirect(seat, { max_age: '300' });
    expect((await call(seat, '/api/recent')).status).toBe(200);
    world.clock.offsetS += 301;
    expect((await seat.browser.send('POST', '/v1/auth/refresh', { body: {} })).status).toBe(204);
    expect((await call(seat, '/api/recent')).status).toBe(401);
    const page = await toPage(seat, { max_age: '300' });
    expect(page.headers.has('location')).toBe(false);
    await comeBack(seat, await typePassword(seat, page));
    expect((await call(seat, '/api/recent')).status).toBe(200);
  });

  it('accepts a session of a password sign-in after a sign-in at the tenant', async () => {
    const seat = sitDown(await addPerson(world));
    const { email, password } = seat.person;
    await seat.browser.send('POST', '/v1/auth/signin', { body: { email, password } });
    const before = cookieOf(seat);
    expect((await call(seat, '/api/recent')).status).toBe(401);
    await signInByRedirect(seat, { max_age: '300' });
    expect(cookieOf(seat)).not.toBe(before);
    expect((await call(seat, '/api/recent')).status).toBe(200);
    expect((await call(seat, '/v1/auth/sessions')).body.sessions).toHaveLength(1);
  });

  it('leaves the session unchanged if the user gives up', async () => {
    const seat = sitDown(await addPerson(world));
    await signInByRedirect(seat);
    const before = cookieOf(seat);
    world.clock.offsetS += 301;
    // No page may be shown, and the sign-in is too old.
    await comeBack(seat, await toPage(seat, { max_age: '300', prompt: 'none' }));
    expect(cookieOf(seat)).toBe(before);
    expect((await call(seat, '/api/recent')).status).toBe(401);
    expect((await call(seat, '/v1/auth/session')).body.authenticated).toBe(true);
  });

  it('can be met by a popup of the frontend', async () => {
    const seat = sitDown(await addPerson(world));
    await signInByRedirect(seat);
    const { max_age } = (await call(seat, '/api/recent')).body;
    const start = await seat.browser.send('POST', '/v1/auth/login/start', {
      body: { max_age, return_to: '/docs?from=here' },
    });
    await comeBack(seat, await seat.pages.open(start.body.authorization_url));
    expect((await call(seat, '/api/recent')).status).toBe(200);
  });
});

describe('a route that requires a second factor', () => {
  /** A user with an authenticator app, at a known address. */
  async function sitDownWithApp(): Promise<Seat> {
    const seat = sitDown(await addPerson(world, { totp_secret: totpSecret }));
    const { email, password } = seat.person;
    const { body } = await seat.browser.send('POST', '/v1/auth/signin', { body: { email, password } });
    const proof = { mfa_handle: body.mfa_handle, otp: await nextTotp(world, seat.person) };
    expect((await seat.browser.send('POST', '/v1/auth/mfa/verify', { body: proof })).status).toBe(200);
    return seat;
  }

  it('names it, and is met by the factor and not by the password alone', async () => {
    const seat = await sitDownWithApp();
    await signInByRedirect(seat, { max_age: '300' });
    expect((await call(seat, '/api/recent')).status).toBe(200);
    const before = cookieOf(seat);
    const refused = await call(seat, '/api/strong');
    expect(refused).toMatchObject({
      status: 401,
      body: { code: 'insufficient_user_authentication', acr_values: multiFactor },
    });
    expect(challengeOf(refused)).toContain(`acr_values="${multiFactor}"`);

    const page = await toPage(seat, { acr_values: refused.body.acr_values });
    const wrong = await seat.pages.submit(page, { code: '000000', action: 'continue' });
    expect(wrong.headers.has('location')).toBe(false);
    expect((await call(seat, '/api/strong')).status).toBe(401);
    await comeBack(seat, await typeCode(seat, wrong));
    expect(cookieOf(seat)).not.toBe(before);
    expect((await call(seat, '/api/strong')).status).toBe(200);
    expect(upstream.last().headers['x-user-id']).toBe(seat.person.id);
  });

  it('may require a recent sign-in too: the challenge has both, and one sign-in meets both', async () => {
    const seat = await sitDownWithApp();
    const refused = await call(seat, '/api/both');
    const { max_age, acr_values } = refused.body;
    expect(refused.body).toMatchObject({ max_age: 300, acr_values: multiFactor });
    expect(challengeOf(refused)).toContain(`max_age="300", acr_values="${multiFactor}"`);
    const page = await typePassword(seat, await toPage(seat, { max_age: String(max_age), acr_values }));
    await comeBack(seat, await typeCode(seat, page));
    expect((await call(seat, '/api/both')).status).toBe(200);
    world.clock.offsetS += 301;
    expect((await call(seat, '/api/both')).status).toBe(401);
    expect((await call(seat, '/api/strong')).status).toBe(200);
  });
});

it('a bearer token without both gets the same challenge', async () => {
  const caller = createCaller(world.url);
  const { body } = await caller.signIn(await addPerson(world));
  const headers = { Authorization: `Bearer ${body.access_token}` };
  const refused = await caller.send('GET', '/api/both', undefined, headers);
  expect(refused).toMatchObject({ status: 401, body: { max_age: 300, acr_values: multiFactor } });
  expect(challengeOf(refused)).toContain('error="insufficient_user_authentication"');
  expect(upstream.seen).toEqual([]);
});

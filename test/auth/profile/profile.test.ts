import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser as createTenantBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { breakTenant, password, restoreTenant, signInUser } from '../../session/support/person.ts';
import { asBearer, type Browser, createBrowser, noBrowser } from '../../support/browser.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { linkOf, newEmail, sentTo, shapeOf } from '../passwordless/support.ts';

let world: World;
let email: string;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_CODE_IP: '1000/1h', RATE_LIMIT_SIGNUP_IP: '1000/1h' });
});
beforeEach(() => {
  email = newEmail();
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const profileOf = (browser: Browser, headers = {}) => browser.send('GET', '/v1/auth/profile', { headers });
const change = (browser: Browser, body: object, headers = {}) =>
  browser.send('PATCH', '/v1/auth/profile', { body, headers });

/** The user of this test at the tenant. */
function userAtTenant() {
  const user = storedIn(world.tenant)
    .users.list()
    .find((found) => found.email === email);
  if (!user) throw new Error(`no user ${email}`);
  return user;
}

describe('a profile', () => {
  it('contains the user’s data at the tenant, without that of applications', async () => {
    const here = await signInUser(world.url, email);
    const { users } = storedIn(world.tenant);
    users.put({ ...userAtTenant(), user_metadata: { theme: 'dark' }, app_metadata: { plan: 'secret-plan' } });
    const { status, body, headers } = await profileOf(here);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Cookie');
    const { user_id, name, nickname, picture } = userAtTenant();
    expect(body).toEqual({
      user: {
        id: user_id,
        email,
        email_verified: false,
        name,
        nickname,
        picture,
        user_metadata: { theme: 'dark' },
      },
    });
    expect(JSON.stringify(body)).not.toContain('secret-plan');
  });

  it('is changed field by field, and read with the changes', async () => {
    const here = await signInUser(world.url, email);
    const first = await change(here, {
      given_name: 'Ada',
      family_name: 'Lovelace',
      name: 'Ada Lovelace',
      nickname: 'ada',
      picture: 'https://pictures.example.com/ada.png',
      user_metadata: { theme: 'dark', size: 'large' },
    });
    expect(first).toMatchObject({ status: 200, body: { user: { given_name: 'Ada', nickname: 'ada' } } });
    const second = await change(here, {
      nickname: 'countess',
      user_metadata: { theme: 'light', size: null },
    });
    expect(second.body.user).toMatchObject({ given_name: 'Ada', nickname: 'countess' });
    expect(second.body.user.user_metadata).toEqual({ theme: 'light' });
    expect((await profileOf(here)).body).toEqual(second.body);
    expect(userAtTenant()).toMatchObject({ name: 'Ada Lovelace', email_verified: false });
    expect(world.lines.map(({ event }) => event)).toContain('auth.profile_change.succeeded');
  });

  it('can be changed with a bearer token of the gateway’s client', async () => {
    await signInUser(world.url, email);
    const signedIn = await createBrowser(world.url).send('POST', '/v1/auth/signin', {
      body: { email, password, mode: 'token' },
      headers: noBrowser,
    });
    const headers = asBearer(signedIn.body.access_token);
    const nobody = createBrowser(world.url);
    expect((await change(nobody, { nickname: 'by token' }, headers)).status).toBe(200);
    expect((await profileOf(nobody, headers)).body.user.nickname).toBe('by token');
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['an address', { email: 'other@example.com' }],
    ['a verified address', { email_verified: true }],
    ['a password', { password: 'Another-Horse-7' }],
    ['data of applications', { app_metadata: { plan: 'gold' } }],
    ['the block of the user', { blocked: false }],
    ['another user', { user_id: 'auth0|1', nickname: 'x' }],
    ['a name that is a list', { name: ['Ada'] }],
    ['a name of control characters', { name: 'Ada\r\nLovelace' }],
    ['a picture of script', { picture: 'javascript:alert(1)' }],
    ['metadata of objects', { user_metadata: { a: { b: 'c' } } }],
    ['metadata of a prototype', JSON.parse('{"user_metadata":{"__proto__":"x"}}')],
  ])('refuses a change of %s', async (_, body) => {
    const here = await signInUser(world.url, email);
    const before = userAtTenant();
    expect(await change(here, body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(userAtTenant()).toEqual(before);
  });

  it('is not available without a user or to a machine, and cannot be changed by a foreign page', async () => {
    expect((await profileOf(createBrowser(world.url))).status).toBe(401);
    const machine = await createBrowser(world.url).send('POST', '/v1/oauth/token', {
      body: { grant_type: 'client_credentials', ...world.tenant.credentials('gift-deliveries') },
      headers: noBrowser,
    });
    expect((await profileOf(createBrowser(world.url), asBearer(machine.body.access_token))).status).toBe(403);
    const here = await signInUser(world.url, email);
    expect((await profileOf(here, { 'X-CSRF': undefined })).body.code).toBe('csrf_failed');
    expect(await change(here, { name: 'x' }, { Origin: 'https://evil.example' })).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
  });

  it('that the account store does not allow to change is a fault of the request', async () => {
    const here = await signInUser(world.url, email);
    await breakTenant(world, [
      {
        method: 'PATCH',
        path: '^/api/v2/users/',
        status: 400,
        body: { statusCode: 400, errorCode: 'operation_not_supported', message: 'canary' },
        times: 1,
      },
    ]);
    const answer = await change(here, { name: 'x' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(JSON.stringify(answer.body) + world.logText()).not.toContain('canary');
  });

  it('of a deleted account is not found', async () => {
    const here = await signInUser(world.url, email);
    storedIn(world.tenant).users.remove(userAtTenant().user_id);
    expect(await profileOf(here)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('is limited per user, and so are its calls of the Management API', async () => {
    const env = { RATE_LIMIT_AUTH_IP: '3/1m' };
    const under = await startGatewayUnderTest(env, world.link, world.clock);
    const here = await signInUser(under.url, email);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => profileOf(here)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 429, 429]);
    await under.close();
  });
});

describe('the verification mail', () => {
  const resend = (to: unknown, headers = {}) =>
    createBrowser(world.url).send('POST', '/v1/auth/email/verification', { body: { email: to }, headers });
  const mails = (to: string) => sentTo(world, to).filter(({ kind }) => kind === 'verify_email').length;

  it('is sent again, and its link verifies', async () => {
    const here = await signInUser(world.url, email);
    const before = mails(email);
    const asked = await resend(email.toUpperCase());
    expect([asked.status, asked.body]).toEqual([202, '']);
    await expect.poll(() => mails(email), { timeout: 15_000 }).toBe(before + 1);
    const tenant = createTenantBrowser();
    await tenant.submit(await tenant.open(linkOf(world, email)), {});
    expect((await profileOf(here)).body.user.email_verified).toBe(true);
  });

  it('has the same response for every address, and is sent only to an unverified one', async () => {
    const [unverified, verified, unknown] = [newEmail(), newEmail(), newEmail()];
    await signInUser(world.url, unverified);
    email = verified;
    await signInUser(world.url, verified);
    storedIn(world.tenant).users.put({ ...userAtTenant(), email_verified: true });
    const sent = [mails(unverified), mails(verified)];
    const answer = shapeOf(await resend(unverified));
    expect(answer.status).toBe(202);
    expect(shapeOf(await resend(verified))).toEqual(answer);
    expect(shapeOf(await resend(unknown))).toEqual(answer);
    await expect.poll(() => mails(unverified), { timeout: 15_000 }).toBe((sent[0] ?? 0) + 1);
    expect(mails(verified)).toBe(sent[1]);
    expect(sentTo(world, unknown)).toEqual([]);
  });

  it('is sent in the background, without a timing difference, and retried after an outage of the tenant', async () => {
    await signInUser(world.url, email);
    const before = mails(email);
    await breakTenant(world, [
      { method: 'POST', path: '^/api/v2/jobs/verification-email$', status: 503, times: 1 },
    ]);
    expect((await resend(email)).status).toBe(202);
    await expect.poll(() => mails(email), { timeout: 30_000 }).toBe(before + 1);
  });

  it('is an outage for every address if the tenant is unavailable', async () => {
    const under = await startGatewayUnderTest({}, world.link, world.clock);
    await breakTenant(world, [{ method: '*', path: '^/api/v2/', status: 503, times: 50 }]);
    for (const to of [email, newEmail()]) {
      const answer = await createBrowser(under.url).send('POST', '/v1/auth/email/verification', {
        body: { email: to },
      });
      expect(answer).toMatchObject({ status: 503, body: { code: 'tenant_unavailable' } });
    }
    await under.close();
  });

  it('is limited to five an hour per address', async () => {
    for (let i = 0; i < 5; i++) expect((await resend(email)).status).toBe(202);
    expect(await resend(email)).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });

  it('is refused for a foreign page, and for an invalid address', async () => {
    expect((await resend(email, { Origin: 'https://evil.example' })).body.code).toBe('csrf_failed');
    expect((await resend({ $gt: '' })).body.code).toBe('validation_failed');
  });
});

it('without a credential for the Management API these routes do not exist', async () => {
  const { management, ...link } = world.link;
  expect(management).toBeDefined();
  const bare = await startGatewayUnderTest({}, link, world.clock);
  const here = await signInUser(bare.url, email);
  const answers = [
    await profileOf(here),
    await change(here, { name: 'x' }),
    await here.send('POST', '/v1/auth/email/verification', { body: { email } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  const paths = Object.keys((await here.send('GET', '/openapi.json')).body.paths);
  expect(paths.filter((path) => /profile|verification/.test(path))).toEqual([]);
  await bare.close();
});

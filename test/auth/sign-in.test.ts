import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
const user = { email: 'grace@example.com', password: 'Correct-Horse-9' };

beforeAll(async () => {
  world = await startWorld({
    RATE_LIMIT_ENABLED: 'false',
    ALLOWED_ORIGINS: 'https://app.example',
    TOKEN_MODE_ORIGINS: 'https://native.example',
  });
  await supertest(world.url).post('/v1/auth/signup').send(user);
});
afterAll(() => world.close());

const signIn = (body: object, headers: Record<string, string> = {}, url = world.url) =>
  supertest(url).post('/v1/auth/signin').set(headers).send(body);

describe('sign-in', () => {
  it('has the same response for an unknown user and a wrong password: status, headers, body', async () => {
    const wrong = await signIn({ ...user, password: 'not-this-one' });
    const unknown = await signIn({ ...user, email: 'gnace@example.com' });
    expect(wrong.status).toBe(401);
    expect(wrong.body.code).toBe('invalid_credentials');
    const shape = (response: typeof wrong) => ({
      ...response.body,
      request_id: undefined,
      headers: { ...response.headers, 'x-request-id': undefined, date: undefined },
    });
    expect(shape(unknown)).toEqual(shape(wrong));
  });

  it.each([{ realm: 'other' }, { grant_type: 'password' }, { connection: 'x' }, { client_id: 'x' }])(
    'takes no %j',
    async (extra) => {
      expect((await signIn({ ...user, ...extra })).status).toBe(400);
    },
  );

  it.each([
    [{ email: ['a@b.c'], password: 'x' }],
    [{ email: { $gt: '' }, password: 'x' }],
    [{ email: user.email, password: 1 }],
    [{ password: 'x' }],
    [{ ...user, username: 'both' }],
    [JSON.parse('{"email":"ada@example.com","password":"x","__proto__":{"isAdmin":true}}')],
    [{ ...user, constructor: { prototype: { isAdmin: true } } }],
    [{ ...user, mode: 'both' }],
    [{ ...user, mode: ['session'] }],
    [{ ...user, mode: '' }],
  ])('refuses invalid types: %j', async (body) => {
    expect((await signIn(body)).status).toBe(400);
  });

  it('refuses an unknown scope and an audience that is not configured', async () => {
    expect((await signIn({ ...user, scope: 'openid delete:everything' })).body).toMatchObject({
      status: 400,
      code: 'invalid_scope',
      detail: expect.stringMatching(
        /^Leave out delete:everything\. Available scopes: openid .*geocode:location/,
      ),
    });
    expect((await signIn({ ...user, audience: 'https://other.example' })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
  });

  it('sends the client’s address to the tenant, not one that the caller claims', async () => {
    await signIn(user, { 'auth0-forwarded-for': '6.6.6.6', 'X-Forwarded-For': '7.7.7.7' });
    const requests = (await (await fetch(`${world.tenant.origin}/_tenant/requests`)).json()) as {
      path: string;
      headers?: Record<string, string>;
    }[];
    const text = JSON.stringify(requests.filter(({ path }) => path === '/oauth/token').at(-1));
    expect(text).toContain('127.0.0.1');
    expect(text).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7|Correct-Horse/);
  });
});

describe('a browser', () => {
  it('gets a session by default and on request', async () => {
    const answers = [
      await signIn(user, { Origin: 'https://app.example' }),
      await signIn(user, { 'Sec-Fetch-Site': 'same-origin' }),
      await signIn({ ...user, mode: 'session' }),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, Object.keys(body)]).toEqual([200, ['user', 'session']]);
      expect(headers['set-cookie']?.[0]).toMatch(/^gatehouse=/);
    }
  });

  it('on a page of another site gets no session even with a listed origin, because the browser would discard the cookie', async () => {
    const response = await signIn(user, { Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' });
    expect(response.body).toMatchObject({ status: 403, code: 'cross_site_session' });
  });

  it('that requests tokens is refused, unless its origin is a token-mode origin', async () => {
    expect((await signIn({ ...user, mode: 'token' }, { Origin: 'https://app.example' })).body).toMatchObject({
      status: 403,
      code: 'token_mode_refused',
    });
  });

  it('from a foreign origin is refused: login CSRF', async () => {
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ]) {
      expect((await signIn(user, headers)).body).toMatchObject({ status: 403, code: 'csrf_failed' });
    }
  });

  it('may not refresh with a token in the body', async () => {
    const response = await supertest(world.url)
      .post('/v1/auth/refresh')
      .set({ Origin: 'https://app.example' })
      .send({ refresh_token: 'x' });
    expect(response.body).toMatchObject({ status: 403, code: 'token_mode_refused' });
  });

  it('of a listed token-mode origin gets tokens', async () => {
    const origins = {
      ALLOWED_ORIGINS: 'https://native.example',
      TOKEN_MODE_ORIGINS: 'https://native.example',
    };
    const under = await startGatewayUnderTest(origins, world.link, world.clock);
    const response = await signIn(
      { ...user, mode: 'token' },
      { Origin: 'https://native.example' },
      under.url,
    );
    expect(response.status).toBe(200);
    expect(response.headers['access-control-allow-origin']).toBe('https://native.example');
    await under.close();
  });
});

describe('the limits of sign-in', () => {
  const wrong = { ...user, password: 'wrong-password' };

  it('allow ten parallel wrong passwords per account and address; others are not affected', async () => {
    const under = await startGatewayUnderTest({ TRUST_PROXY: '127.0.0.1' }, world.link, world.clock);
    const from = (ip: string) => ({ 'X-Forwarded-For': ip });
    const answers = await Promise.all(
      Array.from({ length: 25 }, () =>
        signIn({ ...wrong, email: 'a1@example.com' }, from('10.0.0.1'), under.url),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(15);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await signIn({ ...wrong, email: 'b1@example.com' }, from('10.0.0.1'), under.url)).status).toBe(
      401,
    );
    await under.close();
  });

  it('stop an attack from many addresses on one account, but not its owner', async () => {
    const under = await startGatewayUnderTest({ TRUST_PROXY: '127.0.0.1' }, world.link, world.clock);
    const owner = { email: 'owner@example.com', password: user.password };
    await supertest(under.url).post('/v1/auth/signup').send(owner);
    expect((await signIn(owner, { 'X-Forwarded-For': '10.1.0.1' }, under.url)).status).toBe(200);
    const answers = [];
    for (let i = 0; i < 14; i++) {
      answers.push(
        await signIn({ ...owner, password: 'x' }, { 'X-Forwarded-For': `10.2.0.${i}` }, under.url),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 10 }, () => 401),
      ...Array.from({ length: 4 }, () => 429),
    ]);
    expect((await signIn(owner, { 'X-Forwarded-For': '10.1.0.1' }, under.url)).status).toBe(200);
    await under.close();
  });

  it('count an attack from one address on many accounts, regardless of a changing leftmost X-Forwarded-For', async () => {
    const under = await startGatewayUnderTest(
      { TRUST_PROXY: '1', RATE_LIMIT_SIGNIN_IP: '5/15m' },
      world.link,
      world.clock,
    );
    const answers = [];
    for (let i = 0; i < 7; i++) {
      answers.push(
        await signIn(
          { ...wrong, email: `spray${i}@example.com` },
          { 'X-Forwarded-For': `1.2.3.${i}, 10.3.0.1` },
          under.url,
        ),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    await under.close();
  });

  it('do not count parallel sign-ins with the correct password', async () => {
    const rates = { RATE_LIMIT_SIGNIN_ACCOUNT: '3/15m', RATE_LIMIT_SIGNIN_IP: '4/15m' };
    const under = await startGatewayUnderTest(rates, world.link, world.clock);
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn(user, {}, under.url)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await signIn(wrong, {}, under.url)).status).toBe(401);
    await under.close();
  });

  it('a success clears the account and address', async () => {
    const under = await startGatewayUnderTest(
      { RATE_LIMIT_SIGNIN_ACCOUNT: '3/15m' },
      world.link,
      world.clock,
    );
    for (let round = 0; round < 3; round++) {
      expect((await signIn(wrong, {}, under.url)).status).toBe(401);
      expect((await signIn(wrong, {}, under.url)).status).toBe(401);
      expect((await signIn(user, {}, under.url)).status).toBe(200);
    }
    await under.close();
  });
});

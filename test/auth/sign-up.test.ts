import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => world.close());

const signUp = (body: object, url = world.url) => supertest(url).post('/v1/auth/signup').send(body);
const password = 'Correct-Horse-9';

describe('sign-up', () => {
  it('of an address that has an account answers 409 user_exists', async () => {
    await signUp({ email: 'twice@example.com', password });
    const again = await signUp({ email: 'twice@example.com', password });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'user_exists' });
  });

  it('in parallel with one address creates one account', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => signUp({ email: 'race@example.com', password })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
  });

  it('with a weak password answers 422 with the rules and their results', async () => {
    const response = await signUp({ email: 'weak@example.com', password: 'abc' });
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'weak_password', reason: 'strength' });
    expect(response.body.rules).toEqual(
      expect.arrayContaining([
        { code: 'lengthAtLeast', message: 'At least 8 characters', satisfied: false },
        { code: 'lowerCase', message: 'Lower case letters (a-z)', satisfied: true },
      ]),
    );
  });

  it.each([
    ['two at signs', 'a@b@c'],
    ['a line break', 'a@example.com\r\nBcc: b@example.com'],
    ['a NUL', 'a\0@example.com'],
    ['10 kB', `${'a'.repeat(10_000)}@example.com`],
    ['no domain', 'a'],
    ['a comment', 'a(b)@example.com'],
    ['a comma', 'a,b@example.com'],
    ['a bracket in the domain', 'a@exa[mple.com'],
    ['a quoted part', '"a b"@example.com'],
  ])('with an address with %s answers 400', async (_what, email) => {
    const response = await signUp({ email, password });
    expect(response.status).toBe(400);
    expect(response.body.errors[0].path).toBe('email');
  });

  it.each([
    { app_metadata: {} },
    { email_verified: true },
    { connection: 'other' },
    { roles: ['admin'] },
    { client_id: 'x' },
  ])('refuses members that a caller may not set: %j', async (extra) => {
    expect((await signUp({ email: 'extra@example.com', password, ...extra })).status).toBe(400);
  });

  it.each(['a b', 'x'.repeat(16), 'é', '<b>', '"'])(
    'with a user name that the tenant refuses answers 400: %s',
    async (username) => {
      const response = await signUp({ email: 'name@example.com', password, username });
      expect(response.status).toBe(400);
      expect(response.body.errors[0].path).toBe('username');
    },
  );

  it('limits user_metadata like the tenant', async () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v']));
    expect((await signUp({ email: 'm1@example.com', password, user_metadata: many })).status).toBe(400);
    expect(
      (await signUp({ email: 'm2@example.com', password, user_metadata: { k: 'v'.repeat(501) } })).status,
    ).toBe(400);
    expect((await signUp({ email: 'm3@example.com', password, user_metadata: { k: 1 } })).status).toBe(400);
    const good = await signUp({ email: 'm4@example.com', password, user_metadata: { plan: 'free' } });
    expect(good.body.user.user_metadata).toEqual({ plan: 'free' });
  });

  it('sends a password unchanged', async () => {
    const odd = '  Grüße 🐴 \\"\' %00 Aa1 '.padEnd(80, 'x');
    expect((await signUp({ email: 'odd@example.com', password: odd })).status).toBe(201);
    const signIn = (secret: string) =>
      supertest(world.url).post('/v1/auth/signin').send({ email: 'odd@example.com', password: secret });
    expect((await signIn(odd)).status).toBe(200);
    expect((await signIn(odd.trim())).status).toBe(401);
  });

  it('with existing accounts concealed has the same response for new and existing ones', async () => {
    const under = await startGatewayUnderTest(
      { SIGNUP_CONCEAL_EXISTING: 'true', RATE_LIMIT_ENABLED: 'false' },
      world.link,
      world.clock,
    );
    const [fresh, known] = [
      await signUp({ email: 'new@example.com', password }, under.url),
      await signUp({ email: 'new@example.com', password }, under.url),
    ];
    expect([fresh.status, known.status]).toEqual([202, 202]);
    expect(fresh.body).toEqual({ user: { email: 'new@example.com' } });
    expect(known.body).toEqual(fresh.body);
    await under.close();
  });

  it('is limited per address', async () => {
    const under = await startGatewayUnderTest({ RATE_LIMIT_SIGNUP_IP: '3/1h' }, world.link, world.clock);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => signUp({ email: `many${i}@example.com`, password }, under.url)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const limited = answers.find(({ status }) => status === 429);
    expect(limited?.body).toMatchObject({ code: 'rate_limited' });
    expect(Number(limited?.headers['retry-after'])).toBeGreaterThan(3000);
    expect(limited?.headers['ratelimit-policy']).toBe('"signup-ip";q=3;w=3600');
    await under.close();
  });
});

describe('with PASSWORD_SIGNIN=false', () => {
  it('sign-up and sign-in do not exist', async () => {
    const under = await startGatewayUnderTest({ PASSWORD_SIGNIN: 'false' }, world.link, world.clock);
    for (const path of ['/v1/auth/signup', '/v1/auth/signin']) {
      expect((await supertest(under.url).post(path).send({})).status).toBe(404);
    }
    await under.close();
  });
});

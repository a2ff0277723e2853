import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { directory, password, testSeed } from './support/seed.ts';
import { fresh, startTestTenant, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';

describe.each(stores)('sign-up on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const signUp = (body: Record<string, unknown>, connection = directory, at = t) =>
    at.post('/dbconnections/signup', {
      client_id: 'strict',
      connection,
      email: `${fresh()}@example.com`,
      password,
      ...body,
    });
  const allowDuplicatesToShow = (shown: boolean): void => {
    const { settings } = t.stored;
    const kept = settings.get();
    if (!kept) throw new Error('no settings');
    settings.put({ ...kept, flags: { ...kept.flags, enable_public_signup_user_exists_error: shown } });
  };

  it('DB01: answers 200 with an id without prefix, unverified, and mails a link', async () => {
    const email = `${fresh('Mixed.Case')}@Example.com`;
    const answer = await signUp({ email, given_name: 'Ada', user_metadata: { plan: 'gold' } });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      email: email.toLowerCase(),
      email_verified: false,
      given_name: 'Ada',
      user_metadata: { plan: 'gold' },
    });
    expect(t.stored.users.get(`auth0|${textOf(answer, '_id')}`)).toMatchObject({
      name: email.toLowerCase(),
      identities: [{ connection: directory, provider: 'auth0', user_id: answer.json._id, isSocial: false }],
    });
    const [mail, ...more] = t.tenant.context.inbox.list({ to: email });
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ kind: 'verify_email', to: email.toLowerCase() });
    expect(mail?.link).toMatch(/^http:\/\/localhost:\d+\/u\/email-verification\?ticket=[\w-]{43}$/);
    expect(t.logTypes().at(-1)).toBe('ss');
  });

  it('the new user signs in at once, ignoring the case of their address', async () => {
    const email = `${fresh()}@example.com`;
    await signUp({ email });
    expect((await t.signIn('strict', { username: email.toUpperCase() })).status).toBe(200);
  });

  it('a user with only a user name or phone number has no email', async () => {
    const named = await signUp({ email: undefined, username: 'ada' });
    expect(named.json).toEqual({ _id: expect.any(String), username: 'ada' });
    const called = await signUp({ email: undefined, phone_number: '+15550100999' });
    expect(called.json).toEqual({
      _id: expect.any(String),
      phone_number: '+15550100999',
      phone_verified: false,
    });
  });

  it('DB02: a duplicate answers 400 invalid_signup, or user_exists if the tenant’s flag is on', async () => {
    const email = `${fresh()}@example.com`;
    const username = fresh('u');
    await signUp({ email, username });
    const concealed = await signUp({ email: email.toUpperCase() });
    expect(concealed.status).toBe(400);
    expect(concealed.json).toEqual({
      name: 'BadRequestError',
      code: 'invalid_signup',
      description: 'Invalid sign up',
      statusCode: 400,
    });
    allowDuplicatesToShow(true);
    const [byEmail, byName] = await Promise.all([signUp({ email }), signUp({ username })]);
    allowDuplicatesToShow(false);
    expect(byEmail.json).toMatchObject({ code: 'user_exists', description: 'The user already exists.' });
    expect(byName.json.description).toBe(`The user already exists. (username: ${username})`);
  });

  it('of parallel sign-ups of one address exactly one succeeds', async () => {
    const email = `${fresh()}@example.com`;
    const answers = await Promise.all(Array.from({ length: 6 }, () => signUp({ email })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(t.tenant.context.inbox.list({ to: email })).toHaveLength(1);
  });

  it('one address may sign up to two connections', async () => {
    const email = `${fresh()}@example.com`;
    expect((await signUp({ email })).status).toBe(200);
    expect((await signUp({ email }, 'low')).status).toBe(200);
  });

  it('DB03: a weak password answers with Auth0’s whole PasswordStrengthError', async () => {
    const answer = await signUp({ password: 'abc1' });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      name: 'PasswordStrengthError',
      message: 'Password is too weak',
      code: 'invalid_password',
      description: {
        rules: [
          {
            message: 'At least %d characters in length',
            format: [8],
            code: 'lengthAtLeast',
            verified: false,
          },
          {
            message: 'Contain at least %d of the following %d types of characters:',
            format: [3, 4],
            code: 'containsAtLeast',
            items: [
              { message: 'lower case letters (a-z)', code: 'lowerCase', verified: true },
              { message: 'upper case letters (A-Z)', code: 'upperCase', verified: false },
              { message: 'numbers (i.e. 0-9)', code: 'numbers', verified: true },
              {
                message: 'special characters (e.g. !@#$%^&*)',
                code: 'specialCharacters',
                verified: false,
              },
            ],
            verified: false,
          },
        ],
        verified: false,
      },
      policy:
        '* At least 8 characters in length\n* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)',
      statusCode: 400,
    });
    expect(t.logTypes().at(-1)).toBe('fs');
  });

  it.each([
    ['none', 'a', undefined],
    ['low', 'abcde', ['lengthAtLeast']],
    ['low', 'abcdef', undefined],
    ['fair', 'abcdefgH', ['shouldContain']],
    ['fair', 'abcdefG1', undefined],
    [directory, 'Passw0rd', undefined],
    ['excellent', 'Passsw0rd!', ['identicalChars']],
    ['excellent', 'Passw0rd!', ['lengthAtLeast']],
    ['excellent', 'Passw0rd!!', undefined],
  ])('the policy of %s checks %s', async (connection, candidate, broken) => {
    const answer = await signUp({ password: candidate }, connection);
    expect(answer.status).toBe(broken ? 400 : 200);
    const description = answer.json.description as
      | undefined
      | { rules: { code: string; verified: boolean }[] };
    const codes = description?.rules.filter((rule) => !rule.verified).map((rule) => rule.code);
    expect(codes).toEqual(broken);
  });

  it.each([
    ['careful', { password: 'Letmein' }, 'PasswordDictionaryError', 'Password is too common'],
    ['careful', { password: 'gatehouse' }, 'PasswordDictionaryError', 'Password is too common'],
    [
      'private',
      { password: 'xxADAxx', given_name: 'x', name: 'Ada' },
      'PasswordNoUserInfoError',
      'Password contains user information',
    ],
  ])('%s refuses a password as %s', async (connection, body, name, message) => {
    const answer = await signUp(body, connection);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ name, message, code: 'invalid_password', statusCode: 400 });
  });

  it('a password that contains the part of the address before the @ is refused', async () => {
    const answer = await signUp({ email: 'lovelace@example.com', password: 'iamLovelace!' }, 'private');
    expect(answer.json.name).toBe('PasswordNoUserInfoError');
  });

  it('a leaked password is refused by its code', async () => {
    const answer = await signUp({ password: 'AUTH0-TEST-Passw0rd' });
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('password_leaked');
  });

  it.each([
    ['closed', {}, 'public signup is disabled'],
    ['named', {}, 'missing username for named connection with requires_username enabled'],
    ['unused', {}, 'connection is disabled (client_id: strict - connection: unused)'],
    ['no-such', {}, 'connection is disabled (client_id: strict - connection: no-such)'],
    ['email', {}, 'connection is disabled (client_id: strict - connection: email)'],
    [
      directory,
      { client_id: 'tpc_my-todos' },
      `connection is disabled (client_id: tpc_my-todos - connection: ${directory})`,
    ],
  ])('%s answers a text without a code', async (connection, body, error) => {
    const answer = await signUp(body, connection);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error });
    expect(answer.headers.get('x-tenant-hint')).toMatch(/^(Authentication|Tenant)/);
  });

  it('a name that is too long or has invalid characters is refused', async () => {
    for (const username of ['a'.repeat(16), 'two words', 'ü']) {
      const answer = await signUp({ username });
      expect(answer.json).toMatchObject({ code: 'invalid_username', statusCode: 400 });
    }
  });

  it.each([
    ['no email', { email: undefined }],
    ['no password', { password: undefined }],
    ['no connection', { connection: undefined }],
    ['an email that is none', { email: 'a@b@c' }],
    ['a phone number that is none', { phone_number: '12' }],
    ['a list for an email', { email: ['a@example.com'] }],
    [
      'metadata with more than ten keys',
      { user_metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) },
    ],
    ['metadata that are no strings', { user_metadata: { deep: { er: 1 } } }],
    ['metadata that are too long', { user_metadata: { k: 'v'.repeat(501) } }],
  ])('%s answers 400', async (_name, body) => {
    expect((await signUp(body)).status).toBe(400);
  });

  it('an unknown client answers 401; a missing client id is accepted', async () => {
    expect((await signUp({ client_id: 'nobody' })).status).toBe(401);
    expect((await signUp({ client_id: undefined })).status).toBe(200);
  });

  it('no password is stored in plain text or shown with the user', async () => {
    const secret = 'Very-Secret-Passw0rd';
    const shipped = await startTestTenant(store, testSeed, { quick: false });
    onTestFinished(() => shipped.close());
    const answer = await signUp({ password: secret }, directory, shipped);
    const { credentials, users, logs } = shipped.stored;
    const id = `auth0|${textOf(answer, '_id')}`;
    expect(credentials.get(id)?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify([users.list(), credentials.list(), logs.list()])).not.toContain(secret);
  });

  const change = (body: object) =>
    t.post('/dbconnections/change_password', { connection: directory, ...body });

  it('DB04: change_password answers the same for known and unknown users; only known users get a link', async () => {
    const email = `${fresh()}@example.com`;
    await signUp({ email });
    const [known, unknown] = await Promise.all([change({ email }), change({ email: 'nobody@example.com' })]);
    expect(known.status).toBe(200);
    expect(known.text).toBe("We've just sent you an email to reset your password.");
    expect(known.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    const mails = t.tenant.context.inbox.list({ to: email }).map((mail) => mail.kind);
    expect(mails).toEqual(['verify_email', 'reset_password']);
    expect(t.tenant.context.inbox.list({ to: 'nobody@example.com' })).toEqual([]);
  });

  it('change_password without a connection or an address answers 400', async () => {
    expect((await change({})).status).toBe(400);
    expect((await change({ connection: undefined, email: 'a@example.com' })).status).toBe(400);
  });

  it('change_password allows ten requests per address, and then one a minute', async () => {
    const email = `${fresh()}@example.com`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => change({ email })));
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(2);
    expect(answers.find((answer) => answer.status === 429)?.json.error).toBe('too_many_requests');
    t.clock.offsetS += 61;
    expect((await change({ email })).status).toBe(200);
    expect((await change({ email })).status).toBe(429);
  });
});

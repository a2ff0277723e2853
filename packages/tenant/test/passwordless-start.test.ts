import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FactorTenant, startFactorTenant } from './support/mfa.ts';
import { type Answer, fresh, stores } from './support/start-test-tenant.ts';

describe.each(stores)('/passwordless/start on %s', (store) => {
  let t: FactorTenant;
  beforeAll(async () => {
    t = await startFactorTenant(store);
  });
  afterAll(() => t.close());

  const start = (body: object, client = 'factors', headers?: Record<string, string>) => {
    // High enough to avoid the rate limit.
    t.clock.offsetS += 72;
    return t.post('/passwordless/start', { ...t.tenant.credentials(client), ...body }, headers);
  };
  const email = { connection: 'email', email: 'someone@example.com', send: 'code' };
  const expectBad = (answer: Answer, error: string, error_description: string) => {
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error, error_description });
  };

  it.each([
    [{ connection: undefined }, 'bad.connection', 'Missing required property: connection'],
    [{ connection: 'nowhere' }, 'bad.connection', 'Connection does not exist'],
    [
      { connection: 'Username-Password-Authentication' },
      'bad.connection',
      'Invalid connection strategy. It must either be a passwordless connection',
    ],
    [{ email: undefined }, 'bad.email', 'Missing required property: email'],
    [{ email: 'nobody' }, 'bad.email', 'error in email - email format validation failed'],
    [{ email: ['a@example.com'] }, 'bad.email', 'error in email - email format validation failed'],
    [{ email: { a: 1 } }, 'bad.email', 'error in email - email format validation failed'],
    [{ connection: 'sms' }, 'bad.phone_number', 'Missing required property: phone_number'],
    [
      { connection: 'sms', phone_number: '123' },
      'bad.phone_number',
      'String does not match pattern: ^\\+[0-9]{1,15}$',
    ],
    [{ send: 'pigeon' }, 'bad.request', 'error in send - No enum match for: pigeon'],
    [{ authParams: 'x' }, 'bad.authParams', 'error in authParams - invalid type: string (expected object)'],
    [{ authParams: [1] }, 'bad.authParams', 'error in authParams - invalid type: array (expected object)'],
    [
      { authParams: { state: 'x'.repeat(9000) } },
      'bad.authParams',
      'error in authParams - too long to be sent in a link',
    ],
    [{ type: 'code' }, 'bad.request', 'the following properties are not allowed: type'],
  ])('%j answers 400 %s', async (change, error, description) => {
    expectBad(await start({ ...email, ...change }), error, description);
  });

  it('client_id is required', async () => {
    expectBad(
      await t.post('/passwordless/start', email),
      'bad.client_id',
      'Missing required property: client_id',
    );
  });

  it.each([
    ['without', {}],
    ['with a wrong', { client_secret: 'wrong' }],
  ])('a confidential client %s secret answers 401', async (_name, secret) => {
    const answer = await t.post('/passwordless/start', { ...email, client_id: 'factors', ...secret });
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: 'access_denied', error_description: 'Unauthorized' });
  });

  it('a public client needs no secret', async () => {
    expect((await start(email, 'app')).status).toBe(200);
  });

  it('a client without the grant is refused', async () => {
    const answer = await start(email, 'strict');
    expect(answer.status).toBe(403);
    expect(answer.json.error).toBe('unauthorized_client');
    expect(answer.headers.get('x-tenant-hint')).toContain('Passwordless OTP');
  });

  it('a connection that is disabled for the client answers 400', async () => {
    const { connections } = t.stored;
    const [connection] = connections.find('name', 'email');
    if (!connection) throw new Error('no connection');
    const without = connection.enabled_clients.filter((id) => id !== 'other');
    connections.put({ ...connection, enabled_clients: without });
    expectBad(await start(email, 'other'), 'bad.connection', 'Connection is disabled');
  });

  it('with sign-up disabled only known users get codes', async () => {
    const { connections } = t.stored;
    const [connection] = connections.find('name', 'email');
    if (!connection) throw new Error('no connection');
    const known = `${fresh('known')}@example.com`;
    await start({ ...email, email: known });
    const grant_type = 'http://auth0.com/oauth/grant-type/passwordless/otp';
    const otp = t.lastCode(known);
    await t.token('factors', { grant_type, realm: 'email', username: known, otp });
    connections.put({ ...connection, options: { ...connection.options, disable_signup: true } });
    const unknown = await start({ ...email, email: `${fresh('unknown')}@example.com` });
    expectBad(unknown, 'bad.connection', 'Public signup is disabled');
    expect((await start({ ...email, email: known })).status).toBe(200);
    connections.put(connection);
  });

  it("the connection's code settings apply", async () => {
    const { connections } = t.stored;
    const [connection] = connections.find('name', 'sms');
    if (!connection) throw new Error('no connection');
    connections.put({ ...connection, options: { totp: { length: 4, time_step: 600 } } });
    const phone_number = '+15550105555';
    await start({ connection: 'sms', phone_number });
    expect(t.lastCode(phone_number)).toMatch(/^\d{4}$/);
    t.clock.offsetS += 500;
    const grant_type = 'http://auth0.com/oauth/grant-type/passwordless/otp';
    const otp = t.lastCode(phone_number);
    const answer = await t.token('factors', { grant_type, realm: 'sms', username: phone_number, otp });
    expect(answer.status).toBe(200);
  });

  it('without send an e-mail address gets a link', async () => {
    const to = `${fresh('mail')}@example.com`;
    await start({ connection: 'email', email: to });
    expect(t.tenant.context.inbox.list({ to })).toMatchObject([{ kind: 'passwordless_link' }]);
    expect(t.logTypes()).toContain('cls');
  });

  it('the language of a message is that of X-Request-Language, else that of the browser', async () => {
    const languageFor = async (headers: Record<string, string>): Promise<string | undefined> => {
      const to = `${fresh('reader')}@example.com`;
      const body = { ...t.tenant.credentials('factors'), connection: 'email', send: 'code', email: to };
      expect((await t.post('/passwordless/start', body, headers)).status).toBe(200);
      const [message] = JSON.parse((await t.get(`/_tenant/inbox?to=${to}`)).text);
      return message.request_language;
    };
    const browser = { 'accept-language': 'fr-CA, fr;q=0.9' };
    expect(await languageFor({ ...browser, 'x-request-language': 'de' })).toBe('de');
    expect(await languageFor(browser)).toBe('fr-CA, fr;q=0.9');
    expect(await languageFor({ 'x-request-language': '<b>', 'accept-language': '*' })).toBeUndefined();
  });

  it('fifty starts are allowed per address, which a trusted client can set', async () => {
    t.clock.offsetS += 7200;
    const ask = (ip: string) =>
      t.post(
        '/passwordless/start',
        { ...t.tenant.credentials('host'), ...email, email: `${fresh('rush')}@example.com` },
        { 'auth0-forwarded-for': ip },
      );
    const answers = await Promise.all(Array.from({ length: 51 }, () => ask('192.0.2.1')));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(50);
    const [refused] = answers.filter((answer) => answer.status !== 200);
    expect(refused?.status).toBe(429);
    expect(refused?.json.error).toBe('too_many_requests');
    expect((await ask('192.0.2.2')).status).toBe(200);
  });
});

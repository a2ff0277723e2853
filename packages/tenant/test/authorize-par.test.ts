import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { api } from './support/seed.ts';
import { answerOf, authorizeUrl, challenge, exchange, verifier } from './support/sign-in-flow.ts';
import { type Answer, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

describe.each(stores)('pushed authorization requests on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  const push = (client: string, more: Record<string, string> = {}): Promise<Answer> =>
    t.post(
      '/oauth/par',
      new URLSearchParams({
        ...t.tenant.credentials(client),
        response_type: 'code',
        redirect_uri: callback,
        scope: 'openid',
        ...more,
      }),
    );

  const urlOf = (answer: Answer, client_id: string, more: Record<string, string> = {}): URL => {
    const url = new URL('/authorize', t.tenant.origin);
    url.search = new URLSearchParams({
      client_id,
      request_uri: String(answer.json.request_uri),
      ...more,
    }).toString();
    return url;
  };

  it('PAR1: 201, 30 seconds, and a request_uri for the pushed request', async () => {
    const pushed = await push('pushing', {
      ...challenge,
      audience: api,
      scope: 'openid geocode:location',
      state: 'pushed',
      nonce: 'n',
    });
    expect(pushed.status).toBe(201);
    expect(pushed.headers.get('cache-control')).toBe('no-store');
    expect(pushed.json).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 30,
    });
    const browser = createBrowser();
    const page = await browser.open(urlOf(pushed, 'pushing', { state: 'of the query', scope: 'email' }));
    const back = await browser.submit(page, { username: 'ann@example.com', password: 'Correct-Horse-1' });
    expect(answerOf(back).state).toBe('pushed');
    const tokens = await exchange(t, 'pushing', answerOf(back).code, { code_verifier: verifier });
    expect(tokens.json.scope).toBe('openid geocode:location');
  });

  it('it works once, before it expires, and only for its client', async () => {
    const silent = { prompt: 'none' };
    const status = async (url: URL) => (await createBrowser().get(url)).status;
    const once = await push('web', silent);
    const url = urlOf(once, 'web');
    expect((await Promise.all([1, 2, 3].map(() => status(url)))).toSorted((a, b) => a - b)).toEqual([
      302, 400, 400,
    ]);
    const foreign = await push('web', silent);
    expect(await status(urlOf(foreign, 'plain'))).toBe(400);
    expect(await status(urlOf(foreign, 'web'))).toBe(302);
    const late = await push('web', silent);
    t.clock.offsetS = 30;
    expect(await status(urlOf(late, 'web'))).toBe(400);
    const garbage = authorizeUrl(t, { request_uri: 'urn:ietf:params:oauth:request_uri:x' });
    expect(await status(garbage)).toBe(400);
  });

  it('the client must authenticate, by Basic too, and not by its id alone', async () => {
    const { client_id, client_secret } = t.tenant.credentials('web') ?? {};
    const body = new URLSearchParams({ response_type: 'code', redirect_uri: callback });
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    const good = await t.post('/oauth/par', body, { authorization: `Basic ${basic}` });
    expect(good.status).toBe(201);
    expect((await push('web', { client_secret: 'wrong' })).status).toBe(401);
    expect((await push('spa')).status).toBe(401);
    expect((await push('tpc_open', challenge)).status).toBe(401);
  });

  it.each([
    [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    [{ response_type: 'saml' }, 'unsupported_response_type'],
    [{ audience: 'urn:unknown' }, 'access_denied'],
    [{ request_uri: 'urn:x' }, 'invalid_request'],
  ])('%j is refused at once, in JSON', async (more, error) => {
    const answer = await push('web', more);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe(error);
  });

  it('a tenant with it disabled answers 404 endpoint_disabled', async () => {
    const undo = alter(t.stored.settings, { pushed_authorization_requests_supported: false });
    const answer = await push('web');
    undo();
    expect([answer.status, answer.json.error]).toEqual([404, 'endpoint_disabled']);
  });
});

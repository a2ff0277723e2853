import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, type Page } from './support/browser.ts';
import { askingApi, browserSeed, callback } from './support/browser-seed.ts';
import { answerOf, authorizeUrl, challenge, type Parameters, signInBy } from './support/sign-in-flow.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

describe.each(stores)('refused authorize requests on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  afterAll(() => t.close());

  const ask = (parameters: Parameters): Promise<Page> => createBrowser().get(authorizeUrl(t, parameters));

  function expectPage(page: Page, status: number, text: string): void {
    expect(page.status).toBe(status);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.has('location')).toBe(false);
    expect(page.text).toContain(text);
  }

  it.each([
    'http://localhost:4777/callback/',
    'http://localhost:4777/callback?x=1',
    'http://localhost:4777/callback#x',
    'http://LOCALHOST:4777/callback',
    'https://localhost:4777/callback',
    'http://localhost:4777@evil.example/callback',
    '//evil.example/callback',
    'javascript:alert(1)',
    'not a url',
  ])('AC07: the callback %j is an error page, never a redirect', async (redirect_uri) => {
    for (const prompt of [undefined, 'none']) {
      const page = await ask({ redirect_uri, prompt, state: 's' });
      expectPage(page, 403, 'Callback URL mismatch.');
      expect(page.text).toContain('The provided redirect_uri is not in the list of allowed callback URLs.');
      const hint = page.headers.get('x-tenant-hint') ?? '';
      expect(hint).toContain('Allowed Callback URLs');
      // The page shows the refused URL and the setting that fixes it.
      expect(page.text).toContain(`<dt>URL</dt><dd>${redirect_uri}</dd>`);
      expect(page.text).toContain(`<dt>Hint</dt><dd>${hint.replaceAll('>', '&gt;')}</dd>`);
    }
  });

  it('an error that only a page shows is logged with its client', async () => {
    await ask({ redirect_uri: 'https://evil.example/' });
    expect(t.tenant.context.log.list().at(-1)).toMatchObject({
      type: 'f',
      description: 'The provided redirect_uri is not in the list of allowed callback URLs.',
      client_id: 'web',
      client_name: 'The web',
    });
  });

  it('a missing, unknown or repeated client_id is an error page, and is escaped', async () => {
    expectPage(await ask({ client_id: undefined }), 400, 'Missing required parameter: client_id');
    const unknown = await ask({ client_id: '<b>nobody</b>' });
    expectPage(unknown, 400, 'Unknown client: &lt;b&gt;nobody');
    expect(unknown.text).toContain('compare the Client ID.');
    const twice = authorizeUrl(t, {});
    twice.searchParams.append('client_id', 'plain');
    expectPage(await createBrowser().get(twice), 400, 'Parameter client_id must not be repeated');
    const elsewhere = authorizeUrl(t, {});
    elsewhere.searchParams.append('redirect_uri', 'https://evil.example/');
    expectPage(await createBrowser().get(elsewhere), 400, 'Parameter redirect_uri must not be repeated');
  });

  it('without redirect_uri the first callback of the client is used', async () => {
    const page = await ask({ redirect_uri: undefined, prompt: 'none' });
    expect(page.headers.get('location')?.startsWith(`${callback}?error=login_required`)).toBe(true);
  });

  it.each<[Parameters, string, string]>([
    [{ response_type: undefined }, 'invalid_request', 'Missing required parameter: response_type'],
    [{ response_type: 'saml' }, 'unsupported_response_type', 'Unsupported response type: saml'],
    [
      { client_id: 'no-code' },
      'unauthorized_client',
      "Grant type 'authorization_code' not allowed for the client.",
    ],
    [{ audience: 'urn:unknown' }, 'access_denied', 'Service not found: urn:unknown'],
    [
      { audience: 'urn:nobody' },
      'access_denied',
      'Client is not authorized to access "urn:nobody" for users.',
    ],
    [{ connection: 'unknown' }, 'invalid_request', 'the connection was not found'],
    [{ connection: 'foreign' }, 'invalid_request', 'the connection is not enabled'],
    [{ prompt: 'none login' }, 'invalid_request', 'prompt=none cannot be combined with other values'],
    [{ prompt: 'dance' }, 'invalid_request', 'Unsupported prompt: dance'],
    [{ max_age: '-1' }, 'invalid_request', 'max_age must be a number of seconds'],
    [{ response_mode: 'pigeon' }, 'invalid_request', 'Unsupported response_mode: pigeon'],
    [{ code_challenge: 'short' }, 'invalid_request', 'Invalid code_challenge'],
    [{ ...challenge, code_challenge_method: 'S1' }, 'invalid_request', 'Unsupported code_challenge_method'],
    [{ code_challenge_method: 'S256' }, 'invalid_request', 'Missing required parameter: code_challenge'],
    [{ dpop_jkt: 'x' }, 'invalid_request', 'dpop_jkt must be a SHA-256 thumbprint'],
    [{ request: 'eyJ' }, 'invalid_request', 'The request parameter is not supported'],
    [{ organization: 'nowhere' }, 'invalid_request', 'parameter organization is invalid: nowhere'],
    [
      { client_id: 'plain', organization: 'acme' },
      'invalid_request',
      'parameter organization is not allowed for this client',
    ],
    [{ client_id: 'in-org' }, 'invalid_request', 'parameter organization is required for this client'],
    [{ client_id: 'pushing' }, 'invalid_request', 'Pushed Authorization Requests are required'],
  ])('AC06 and others: %j is returned as %s', async (parameters, error, error_description) => {
    const page = await ask({ ...parameters, state: 's&x=1' });
    expect(page.status).toBe(302);
    expect(page.headers.get('location')?.startsWith(`${callback}?`)).toBe(true);
    expect(answerOf(page)).toEqual({ error, error_description, state: 's&x=1' });
  });

  it('a repeated parameter is returned as invalid_request', async () => {
    const url = authorizeUrl(t, { state: 's' });
    url.searchParams.append('scope', 'email');
    const answer = answerOf(await createBrowser().get(url));
    expect(answer).toMatchObject({ error: 'invalid_request', state: 's' });
  });

  it('the default audience applies without an audience', async () => {
    const undo = alter(t.stored.settings, { default_audience: askingApi });
    const browser = createBrowser();
    const page = await signInBy(browser, t, { scope: 'read' });
    undo();
    expect(page.url.pathname).toBe('/u/consent');
  });

  it('`resource` is used as the audience only with the tenant’s flag on', async () => {
    const silent = { resource: 'urn:unknown', prompt: 'none' };
    expect(answerOf(await ask(silent)).error).toBe('login_required');
    const undo = alter(t.stored.settings, { resource_parameter_profile: 'compatibility' });
    const answer = answerOf(await ask(silent));
    undo();
    expect(answer.error_description).toBe('Service not found: urn:unknown');
  });

  describe('strict third parties', () => {
    const strict = (more: Parameters): Parameters => ({
      client_id: 'tpc_open',
      audience: 'urn:organizer',
      scope: 'contacts',
      ...challenge,
      ...more,
    });

    it.each<[Parameters, string]>([
      [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge_method: undefined }, 'invalid_request'],
      [{ screen_hint: 'signup' }, 'invalid_request'],
      [{ claims: '{}' }, 'invalid_request'],
      [{ request_uri: 'urn:x' }, 'invalid_request'],
      [{ anything: 'else' }, 'invalid_request'],
      [{ response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type'],
      [{ connection: 'simulated-social' }, 'invalid_request'],
      [{ client_id: 'tpc_ungranted' }, 'unauthorized_client'],
      [{ audience: 'urn:maps' }, 'unauthorized_client'],
    ])('%j is refused as %s', async (more, error) => {
      const page = await ask(strict({ ...more, state: 's' }));
      expect(answerOf(page)).toMatchObject({ error, state: 's' });
    });

    it('ext- parameters and a domain-level connection are accepted', async () => {
      const page = await createBrowser().open(
        authorizeUrl(t, strict({ 'ext-color': 'blue', connection: 'Username-Password-Authentication' })),
      );
      expect(page.url.pathname).toBe('/u/login');
    });

    it('without redirection_policy allow_always every error is a page', async () => {
      const guarded = { client_id: 'tpc_guarded', state: 's' };
      for (const more of [{ screen_hint: 'signup' }, { prompt: 'none' }, { audience: 'urn:unknown' }]) {
        const page = await ask(strict({ ...guarded, ...more }));
        expect(page.headers.has('location')).toBe(false);
        expect(page.status).toBeGreaterThanOrEqual(400);
        expect(page.headers.get('content-type')).toContain('text/html');
      }
    });
  });
});

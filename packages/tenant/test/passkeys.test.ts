import { AuthClient } from '@auth0/auth0-auth-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator, type Deviations } from './support/authenticator.ts';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { directory, password, testSeed } from './support/seed.ts';
import { type Answer, claimsOf, fresh, statusesOf, stores, textOf } from './support/start-test-tenant.ts';

const GRANT = 'urn:okta:params:oauth:grant-type:webauthn';
const origin = 'http://localhost:4777';
const fingerprint = 'AB:CD:'.repeat(15).concat('AB:CD');

const withPasskeys = { authentication_methods: { passkey: { enabled: true } } };
const client = (client_id: string, more: object = {}) => ({
  client_id,
  app_type: 'native',
  callbacks: [`${origin}/callback`],
  grant_types: [GRANT, 'refresh_token'],
  ...more,
});

const seed = {
  ...testSeed,
  connections: [
    ...testSeed.connections,
    { name: directory, options: withPasskeys },
    { name: 'others', options: withPasskeys, enabled_clients: ['app'] },
    { name: 'invited-only', options: { ...withPasskeys, disable_signup: true }, enabled_clients: ['app'] },
  ],
  clients: [
    ...testSeed.clients,
    client('app', { token_endpoint_auth_method: 'none' }),
    client('confidential'),
    client('strange', { is_first_party: false, third_party_security_mode: 'permissive' }),
  ],
};

type Options = Parameters<Authenticator['create']>[0] & { readonly rpId: string };

describe.each(stores)('passkeys on %s', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store, seed);
  });
  afterAll(() => t.close());

  const start = (path: 'register' | 'challenge', body: object = {}): Promise<Answer> =>
    t.post(`/passkey/${path}`, { client_id: 'app', ...body });
  const optionsOf = ({ json }: Answer): Options => json['authn_params_public_key'] as Options;
  const exchange = (begun: Answer, authn_response: unknown, more: object = {}): Promise<Answer> =>
    t.post('/oauth/token', {
      grant_type: GRANT,
      client_id: 'app',
      auth_session: textOf(begun, 'auth_session'),
      authn_response,
      scope: 'openid email',
      ...more,
    });

  async function register(email = `${fresh()}@example.com`, device = createAuthenticator(origin)) {
    const begun = await start('register', { user_profile: { email } });
    const tokens = await exchange(begun, device.create(optionsOf(begun)));
    expect([tokens.status, tokens.text]).toEqual([200, expect.any(String)]);
    return { device, email, userId: String(claimsOf(tokens, 'id_token').sub) };
  }

  async function signIn(device: Authenticator, wrong?: Deviations, more?: object): Promise<Answer> {
    const begun = await start('challenge');
    return exchange(begun, device.get(optionsOf(begun), wrong), more);
  }

  it("Auth0's own SDK signs a user up with a passkey, and in again", async () => {
    const { client_secret: clientSecret = '' } = t.tenant.credentials('confidential') ?? {};
    const sdk = new AuthClient({ domain: t.tenant.domain, clientId: 'confidential', clientSecret });
    const device = createAuthenticator(origin);
    const email = `${fresh()}@example.com`;
    const signUp = await sdk.passkey.register({ email, name: 'Ada', realm: directory });
    expect(signUp.authnParamsPublicKey).toMatchObject({
      rp: { id: 'localhost', name: 'Acme' },
      user: { name: email, displayName: 'Ada' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
      timeout: 60_000,
    });
    const scope = 'openid email profile';
    const first = await sdk.passkey.getTokenByPasskey({
      authSession: signUp.authSession,
      credential: device.create(signUp.authnParamsPublicKey),
      scope,
    });
    expect(first.claims).toMatchObject({ email, name: 'Ada', email_verified: false });
    const login = await sdk.passkey.challenge();
    const second = await sdk.passkey.getTokenByPasskey({
      authSession: login.authSession,
      credential: device.get(login.authnParamsPublicKey),
      scope,
      realm: directory,
    });
    expect(second.claims?.sub).toBe(first.claims?.sub);
    expect(t.logTypes()).toEqual(expect.arrayContaining(['ss', 's']));
    expect(t.tenant.context.inbox.list({ to: email }).map(({ kind }) => kind)).toEqual(['verify_email']);
  });

  it('the Management API lists, renames and deletes a passkey, which then signs nobody in', async () => {
    const { device, userId } = await register();
    const path = `/users/${encodeURIComponent(userId)}/authentication-methods`;
    const [listed] = JSON.parse((await t.manage('GET', path)).text);
    expect(listed).toMatchObject({
      id: expect.stringMatching(/^passkey\|dev_/),
      type: 'passkey',
      confirmed: true,
      key_id: device.id,
      credential_device_type: 'single_device',
      credential_backed_up: false,
      identity_user_id: userId.slice('auth0|'.length),
    });
    const one = `${path}/${encodeURIComponent(listed.id)}`;
    expect((await t.manage('PATCH', one, { name: 'Phone' })).json['name']).toBe('Phone');
    expect((await t.manage('GET', one)).json).toMatchObject({ id: listed.id, name: 'Phone' });
    expect((await signIn(device)).status).toBe(200);
    expect((await t.manage('DELETE', one)).status).toBe(204);
    expect((await signIn(device)).json['error']).toBe('invalid_grant');
    expect(JSON.parse((await t.manage('GET', path)).text)).toEqual([]);
  });

  it.each<[string, Deviations]>([
    ['another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
  ])('a sign-up and a sign-in for %s are refused', async (_name, wrong) => {
    const begun = await start('register', { user_profile: { email: `${fresh()}@example.com` } });
    const made = await exchange(begun, createAuthenticator(origin).create(optionsOf(begun), wrong));
    expect([made.status, made.json]).toEqual([
      403,
      { error: 'invalid_grant', error_description: 'Invalid passkey.' },
    ]);
    const { device } = await register();
    expect((await signIn(device, wrong)).json['error']).toBe('invalid_grant');
    expect((await signIn(device)).status).toBe(200);
  });

  it('a forged signature, another user handle and an unknown credential are refused', async () => {
    const { device } = await register();
    const refused = await Promise.all([
      signIn(device, { signature: new Uint8Array(70) }),
      signIn(device, { userHandle: 'bm9ib2R5' }),
      signIn(createAuthenticator(origin), { userHandle: 'bm9ib2R5' }),
    ]);
    expect(refused.map(({ status, json }) => [status, json['error']])).toEqual(
      refused.map(() => [403, 'invalid_grant']),
    );
    expect(t.tenant.context.log.list().map(({ description }) => description)).toContain(
      'Invalid passkey: unknown credential',
    );
  });

  it('a counter that does not grow is refused, as that of a copied authenticator', async () => {
    const { device } = await register();
    expect((await signIn(device, { counter: 7 })).status).toBe(200);
    expect((await signIn(device, { counter: 7 })).json['error']).toBe('invalid_grant');
    expect((await signIn(device, { counter: 3 })).json['error']).toBe('invalid_grant');
    expect((await signIn(device, { counter: 8 })).status).toBe(200);
  });

  it('an authenticator without a counter always sends 0', async () => {
    const { device } = await register();
    expect((await signIn(device, { counter: 0 })).status).toBe(200);
    expect((await signIn(device, { counter: 0 })).status).toBe(200);
  });

  it('of parallel uses of one counter, in two ceremonies, exactly one signs in', async () => {
    const { device } = await register();
    const begun = await Promise.all([start('challenge'), start('challenge')]);
    const answers = await Promise.all(
      begun.map((one) => exchange(one, device.get(optionsOf(one), { counter: 5 }))),
    );
    expect(statusesOf(answers)).toEqual([200, 403]);
  });

  it('an auth_session works once, also in parallel, and expires', async () => {
    const { device } = await register();
    const begun = await start('challenge');
    const credential = device.get(optionsOf(begun));
    const answers = await Promise.all(Array.from({ length: 4 }, () => exchange(begun, credential)));
    expect(statusesOf(answers)).toEqual([200, 403, 403, 403]);
    const late = await start('challenge');
    t.clock.offsetS += 301;
    const expired = await exchange(late, device.get(optionsOf(late)));
    expect(expired.json).toEqual({
      error: 'invalid_grant',
      error_description: 'Invalid or expired auth_session.',
    });
  });

  it("another client's auth_session, and one of another realm, are refused", async () => {
    const { device } = await register();
    const { client_id, client_secret } = t.tenant.credentials('confidential') ?? {};
    const begun = await start('challenge');
    const foreign = await exchange(begun, device.get(optionsOf(begun)), { client_id, client_secret });
    expect(foreign.json['error']).toBe('invalid_grant');
    expect((await exchange(begun, device.get(optionsOf(begun)))).status).toBe(200);
    expect((await signIn(device, {}, { realm: 'others' })).json['error']).toBe('invalid_grant');
    const elsewhere = await start('challenge', { realm: 'others' });
    expect((await exchange(elsewhere, device.get(optionsOf(elsewhere)))).json['error']).toBe('invalid_grant');
  });

  it('the response of one ceremony does not complete the other', async () => {
    const { device } = await register();
    const signUp = await start('register', { user_profile: { email: `${fresh()}@example.com` } });
    const asserted = await exchange(signUp, device.get({ ...optionsOf(signUp), rpId: 'localhost' }));
    expect(asserted.json['error']).toBe('invalid_grant');
    const login = await start('challenge');
    const attested = await exchange(
      login,
      createAuthenticator(origin).create({
        ...optionsOf(login),
        rp: { id: 'localhost' },
        user: { id: 'QQ' },
      }),
    );
    expect(attested.json['error']).toBe('invalid_grant');
  });

  it('an attestation with certificates, and a credential that exists, make no user', async () => {
    const { device } = await register();
    const certified = await start('register', { user_profile: { email: `${fresh()}@example.com` } });
    const statement = new Map<string, unknown>([['x5c', [new Uint8Array(8)]]]);
    const refused = await exchange(
      certified,
      createAuthenticator(origin).create(optionsOf(certified), {}, statement),
    );
    expect(refused.json['error']).toBe('invalid_grant');
    const again = await start('register', { user_profile: { email: `${fresh()}@example.com` } });
    expect((await exchange(again, device.create(optionsOf(again)))).json['error']).toBe('invalid_grant');
  });

  it.each([
    ['nothing', undefined],
    ['text', 'not JSON'],
    ['a list', []],
    ['no response', { id: 'QQ', rawId: 'QQ', type: 'public-key' }],
    ['other characters', { id: 'a b', rawId: 'QQ', type: 'public-key', response: {} }],
  ])('%s as authn_response answers 400 and keeps the auth_session', async (_name, authn_response) => {
    const { device } = await register();
    const begun = await start('challenge');
    expect((await exchange(begun, authn_response)).json['error']).toBe('invalid_request');
    expect((await exchange(begun, JSON.stringify(device.get(optionsOf(begun))))).status).toBe(200);
  });

  it('hostile CBOR in an attestation is refused', async () => {
    for (const bytes of ['ff', 'a1', '9fff', 'bf', '5bffffffffffffffff']) {
      const begun = await start('register', { user_profile: { email: `${fresh()}@example.com` } });
      const made = createAuthenticator(origin).create(optionsOf(begun));
      const attestationObject = Buffer.from(bytes, 'hex').toString('base64url');
      const answer = await exchange(begun, { ...made, response: { ...made.response, attestationObject } });
      expect([bytes, answer.status]).toEqual([bytes, 403]);
    }
    expect(t.warnings).toEqual([]);
  });

  it('of parallel sign-ups with one address exactly one makes a user', async () => {
    const email = `${fresh()}@example.com`;
    const begun = await Promise.all([1, 2].map(() => start('register', { user_profile: { email } })));
    const answers = await Promise.all(
      begun.map((one) => exchange(one, createAuthenticator(origin).create(optionsOf(one)))),
    );
    expect(statusesOf(answers)).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.json['error']).toBe('invalid_request');
  });

  it('a sign-up that cannot work is refused before the ceremony', async () => {
    const refusals = await Promise.all([
      start('register', { user_profile: { email: 'ann@example.com' } }),
      start('register', { user_profile: { email: 'no address' } }),
      start('register', { user_profile: {} }),
      start('register', { user_profile: 'ann' }),
      start('register', { user_profile: { email: 'x@example.com' }, realm: 'invited-only' }),
      start('register', { user_profile: { email: 'x@example.com' }, organization: 'org_x' }),
    ]);
    expect(refusals.map(({ status, json }) => [status, json['error']])).toEqual(
      refusals.map(() => [400, 'invalid_request']),
    );
  });

  it('a connection without passkeys, or a client without the grant, is named with its setting', async () => {
    const closed = await start('challenge', { client_id: 'strict', ...t.tenant.credentials('strict') });
    expect([closed.status, closed.headers.get('x-tenant-hint')]).toEqual([
      403,
      expect.stringContaining('enable Passkey'),
    ]);
    const third = await start('challenge', { ...t.tenant.credentials('strange') });
    expect([third.status, third.json['error']]).toEqual([403, 'unauthorized_client']);
    const undo = await t.manage('POST', '/connections', {
      name: fresh('plain-db'),
      strategy: 'auth0',
      enabled_clients: ['app'],
    });
    const off = await start('challenge', { realm: undo.json['name'] });
    expect([off.status, off.headers.get('x-tenant-hint')]).toEqual([
      400,
      expect.stringContaining('Authentication Methods: enable Passkey'),
    ]);
  });

  it('a blocked user is refused, and a deleted user takes their passkey along', async () => {
    const { device, userId } = await register();
    const path = `/users/${encodeURIComponent(userId)}`;
    await t.manage('PATCH', path, { blocked: true });
    const blocked = await signIn(device);
    expect([blocked.status, blocked.json['error']]).toEqual([401, 'unauthorized']);
    expect((await t.manage('DELETE', path)).status).toBe(204);
    expect(t.stored.passkeys.find('user_id', userId)).toEqual([]);
    expect((await signIn(device)).json['error']).toBe('invalid_grant');
  });

  it("an Android app's passkey has the origin of its signing certificate", async () => {
    const mobile = { android: { app_package_name: 'com.example', sha256_cert_fingerprints: [fingerprint] } };
    expect((await t.manage('PATCH', '/clients/app', { mobile })).status).toBe(200);
    const hash = Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
    const { device } = await register(undefined, createAuthenticator(`android:apk-key-hash:${hash}`));
    expect((await signIn(device)).status).toBe(200);
  });

  it('a passkey user can have no password, and an export keeps the passkey', async () => {
    const { device, email } = await register();
    const byPassword = await t.signIn('strict', { username: email, password });
    expect(byPassword.json['error']).toBe('invalid_grant');
    const exported = await t.get('/_tenant/export');
    expect(
      (await t.post('/_tenant/import', exported.text, { 'content-type': 'application/json' })).status,
    ).toBe(200);
    expect((await t.get('/_tenant/export')).text).toBe(exported.text);
    expect((await signIn(device)).status).toBe(200);
  });
});

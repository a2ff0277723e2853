import { AuthClient } from '@auth0/auth0-auth-js';
import { AuthenticationClient, UserInfoClient } from 'auth0/legacy';
import jwksRsa from 'jwks-rsa';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, directory, password } from './support/seed.ts';
import { fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const scope = 'openid profile email offline_access geocode:location';

/** Over TLS with the tenant's certificate, and each SDK unchanged from npm. */
describe.each(stores)('the official SDKs, unchanged, on %s', (store) => {
  let t: TestTenant;
  let options: { domain: string; clientId: string; clientSecret: string };
  beforeAll(async () => {
    t = await startTestTenant(store);
    const { client_id: clientId = '', client_secret: clientSecret = '' } = t.tenant.credentials('host') ?? {};
    options = { domain: t.tenant.domain, clientId, clientSecret };
  });
  afterAll(() => t.close());
  const machine = () => {
    const { client_id: clientId = '', client_secret: clientSecret = '' } =
      t.tenant.credentials('courier') ?? {};
    return { domain: t.tenant.domain, clientId, clientSecret };
  };

  describe('auth0/legacy', () => {
    const client = () => new AuthenticationClient(options);
    const signIn = (username: string, secret = password) =>
      client().oauth.passwordGrant({ username, password: secret, realm: directory, audience: api, scope });

    it('signs up, signs in with a verified ID token, refreshes and revokes', async () => {
      const email = `${fresh()}@example.com`;
      const signedUp = await client().database.signUp({ email, password, connection: directory });
      expect(signedUp.data).toMatchObject({
        email,
        email_verified: false,
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
      });
      const { data } = await signIn(email);
      expect(data).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
      const refreshed = await client().oauth.refreshTokenGrant({ refresh_token: data.refresh_token ?? '' });
      expect(refreshed.data.refresh_token).not.toBe(data.refresh_token);
      const token = refreshed.data.refresh_token ?? '';
      expect((await client().oauth.revokeRefreshToken({ token })).status).toBe(200);
      await expect(client().oauth.refreshTokenGrant({ refresh_token: token })).rejects.toMatchObject({
        error: 'invalid_grant',
        statusCode: 403,
      });
      const info = await new UserInfoClient({ domain: options.domain }).getUserInfo(data.access_token);
      expect(info.data.email).toBe(email);
    });

    it('reports a weak password, a duplicate, a wrong password and a missing grant by their codes', async () => {
      const email = 'ann@example.com';
      await expect(
        client().database.signUp({ email: `${fresh()}@example.com`, password: 'x', connection: directory }),
      ).rejects.toMatchObject({ error: 'invalid_password', statusCode: 400 });
      await expect(
        client().database.signUp({ email, password, connection: directory }),
      ).rejects.toMatchObject({
        error: 'invalid_signup',
        statusCode: 400,
      });
      await expect(signIn(email, 'wrong')).rejects.toMatchObject({ error: 'invalid_grant', statusCode: 403 });
      await expect(
        new AuthenticationClient(machine()).oauth.passwordGrant({ username: email, password, audience: api }),
      ).rejects.toMatchObject({ error: 'unauthorized_client', statusCode: 403 });
    });

    it('uses client credentials, and requests a password change', async () => {
      const { data } = await new AuthenticationClient(machine()).oauth.clientCredentialsGrant({
        audience: api,
      });
      expect(data.access_token.split('.')).toHaveLength(3);
      const changed = await client().database.changePassword({
        email: 'ann@example.com',
        connection: directory,
      });
      expect(changed.data).toBe("We've just sent you an email to reset your password.");
    });
  });

  describe('@auth0/auth0-auth-js', () => {
    it('signs up, signs in by realm under the plain grant, refreshes and revokes', async () => {
      const client = new AuthClient(options);
      const email = `${fresh()}@example.com`;
      await client.database.signUp({ email, password, connection: directory });
      const tokens = await client.getTokenByPassword({
        username: email,
        password,
        realm: directory,
        audience: api,
        scope,
      });
      expect(tokens.claims?.email).toBe(email);
      const refreshed = await client.getTokenByRefreshToken({ refreshToken: tokens.refreshToken ?? '' });
      await client.revokeToken({ token: refreshed.refreshToken ?? '' });
      await expect(
        client.getTokenByRefreshToken({ refreshToken: refreshed.refreshToken ?? '' }),
      ).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
    });

    it('sets the address that a failure counts for', async () => {
      const client = new AuthClient(options);
      const username = `${fresh('nobody')}@example.com`;
      const fail = client.getTokenByPassword({
        username,
        password,
        realm: directory,
        auth0ForwardedFor: '203.0.113.9',
      });
      await expect(fail).rejects.toMatchObject({ cause: { error: 'invalid_grant' } });
      expect(t.tenant.context.log.list().at(-1)).toMatchObject({
        type: 'fu',
        ip: '203.0.113.9',
        client_ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
      });
    });

    it('uses client credentials', async () => {
      const tokens = await new AuthClient(machine()).getTokenByClientCredentials({ audience: api });
      expect(tokens.accessToken.split('.')).toHaveLength(3);
    });
  });

  it('jwks-rsa finds the key of a token', async () => {
    const client = jwksRsa({ jwksUri: `${t.tenant.issuer}.well-known/jwks.json` });
    const key = await client.getSigningKey(t.tenant.context.keys.current().kid);
    expect(key.getPublicKey()).toContain('BEGIN PUBLIC KEY');
  });

  it('openid-client discovers the tenant, uses client credentials and revokes', async () => {
    const { clientId, clientSecret } = machine();
    const configuration = await oidc.discovery(new URL(t.tenant.issuer), clientId, clientSecret);
    expect(configuration.serverMetadata().issuer).toBe(t.tenant.issuer);
    const tokens = await oidc.clientCredentialsGrant(configuration, { audience: api });
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 86_400 });
    await oidc.tokenRevocation(configuration, 'unknown');
  });

  it('openid-client authenticates by HTTP Basic as well', async () => {
    const { clientId, clientSecret } = machine();
    const basic = oidc.ClientSecretBasic(clientSecret);
    const configuration = await oidc.discovery(new URL(t.tenant.issuer), clientId, undefined, basic);
    expect((await oidc.clientCredentialsGrant(configuration, { audience: api })).access_token).toBeTypeOf(
      'string',
    );
  });
});

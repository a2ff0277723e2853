import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { password } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const bound = 'urn:bound';
const seed = {
  ...browserSeed,
  tenant: { ...browserSeed.tenant, flags: { enable_dynamic_client_registration: true } },
  resource_servers: [
    ...browserSeed.resource_servers,
    {
      identifier: bound,
      scopes: [{ value: 'read' }],
      allow_offline_access: true,
      skip_consent_for_verifiable_first_party_clients: true,
      proof_of_possession: { mechanism: 'dpop', required: true },
    },
  ],
};

/** An independent, strict client, unchanged, over https at the issuer URL. */
describe.each(stores)('DPoP of openid-client against the tenant on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const discover = (id: string): Promise<client.Configuration> => {
    const { client_secret } = t.tenant.credentials(id) ?? {};
    const method = client_secret === undefined ? client.None() : undefined;
    return client.discovery(new URL(t.tenant.issuer), id, client_secret, method);
  };

  async function arrive(url: URL): Promise<URL> {
    const browser = createBrowser();
    const page = await browser.open(url);
    return locationOf(await browser.submit(page, { username: 'ann@example.com', password }));
  }

  interface Started {
    readonly back: URL;
    readonly checks: client.AuthorizationCodeGrantChecks;
  }

  async function start(
    config: client.Configuration,
    DPoP: client.DPoPHandle,
    pushed: boolean,
  ): Promise<Started> {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const parameters = {
      redirect_uri: callback,
      scope: 'openid email offline_access read',
      audience: bound,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...(!pushed && { dpop_jkt: await DPoP.calculateThumbprint() }),
    };
    const url = pushed
      ? await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
      : client.buildAuthorizationUrl(config, parameters);
    return { back: await arrive(url), checks: { pkceCodeVerifier, idTokenExpected: true } };
  }

  const handle = async (config: client.Configuration) =>
    client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));

  it.each([
    ['web', 'by dpop_jkt', false],
    ['web', 'by a pushed request with a proof', true],
    ['spa', 'by dpop_jkt, with the nonces of public clients', false],
  ])('%s: code bound %s, tokens, userinfo, refresh, revocation', async (id, _how, pushed) => {
    const config = await discover(id);
    const DPoP = await handle(config);
    const { back, checks } = await start(config, DPoP, pushed);
    const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const subject = String(tokens.claims()?.sub);
    const info = await client.fetchUserInfo(config, tokens.access_token, subject, { DPoP });
    expect(info.email).toBe('ann@example.com');
    const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token), undefined, {
      DPoP,
    });
    expect(refreshed.token_type).toBe('dpop');
    await client.tokenRevocation(config, String(refreshed.refresh_token));
    const after = client.refreshTokenGrant(config, String(refreshed.refresh_token), undefined, { DPoP });
    await expect(after).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it.each([false, true])('a bound code cannot be exchanged with another key (pushed: %s)', async (pushed) => {
    const config = await discover('web');
    const { back, checks } = await start(config, await handle(config), pushed);
    const other = { DPoP: await handle(config) };
    const exchange = client.authorizationCodeGrant(config, back, checks, undefined, other);
    await expect(exchange).rejects.toMatchObject({ error: 'invalid_dpop_proof', status: 400 });
  });

  it('a pushed request whose dpop_jkt does not match its proof is refused', async () => {
    const config = await discover('web');
    const parameters = {
      redirect_uri: callback,
      scope: 'openid',
      response_type: 'code',
      dpop_jkt: await (await handle(config)).calculateThumbprint(),
    };
    const push = client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP: await handle(config) });
    await expect(push).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
  });

  it('a refresh token of a public client cannot be used with another key', async () => {
    const config = await discover('spa');
    const DPoP = await handle(config);
    const { back, checks } = await start(config, DPoP, false);
    const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    const other = { DPoP: await handle(config) };
    const refresh = client.refreshTokenGrant(config, String(tokens.refresh_token), undefined, other);
    await expect(refresh).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
  });

  it('a token that must be bound is not issued on the front channel', async () => {
    const parameters = {
      response_type: 'token',
      redirect_uri: callback,
      audience: bound,
      scope: 'read',
      nonce: 'n',
    };
    const browser = createBrowser();
    const page = await browser.open(client.buildAuthorizationUrl(await discover('web'), parameters));
    const answer = await browser.submit(page, { username: 'ann@example.com', password });
    expect(answer.headers.get('location') ?? '').not.toContain('access_token');
    expect(answer.text).toContain('proof of possession');
  });

  it('dynamic registration', async () => {
    const config = await client.dynamicClientRegistration(new URL(t.tenant.issuer), {
      client_name: 'Registered by openid-client',
      redirect_uris: [callback],
    });
    const { client_id, client_secret, client_name } = config.clientMetadata();
    expect(client_id).toMatch(/^tpc_/);
    expect(client_secret).toBeTypeOf('string');
    expect(client_name).toBe('Registered by openid-client');
  });

  it('the metadata of RFC 8414 work like those of OpenID Connect', async () => {
    const { client_secret } = t.tenant.credentials('web') ?? {};
    const config = await client.discovery(new URL(t.tenant.issuer), 'web', client_secret, undefined, {
      algorithm: 'oauth2',
    });
    expect(config.serverMetadata()).toEqual((await discover('web')).serverMetadata());
    expect(config.serverMetadata().dpop_signing_alg_values_supported).toEqual(['ES256']);
  });
});

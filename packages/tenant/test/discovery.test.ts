import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticationEndpoints } from '../src/endpoints.ts';
import type { TenantSettings } from '../src/state/settings-documents.ts';
import { api } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const isUrl = (name: string): boolean => /_(endpoint|uri)$/.test(name);

describe.each(stores)('discovery on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const discover = async () => (await t.get('/.well-known/openid-configuration')).json;
  /** Runs `work` with changed tenant settings. */
  async function settingWith<T>(change: Partial<TenantSettings>, work: () => Promise<T>): Promise<T> {
    const undo = alter(t.stored.settings, { ...change });
    try {
      return await work();
    } finally {
      undo();
    }
  }

  it('D01: every endpoint that is served is listed and answers', async () => {
    const all = {
      pushed_authorization_requests_supported: true,
      flags: { enable_dynamic_client_registration: true },
    };
    const [metadata, statuses] = await settingWith(all, async () => {
      const found = await discover();
      const urls = Object.entries(found)
        .filter(([name]) => isUrl(name))
        .map(([, url]) => String(url));
      return [
        found,
        await Promise.all(urls.map(async (url) => (await fetch(url, { method: 'POST' })).status)),
      ] as const;
    });
    const listed = Object.entries(metadata).filter(([name]) => isUrl(name));
    const path = (name: string) => `${t.tenant.issuer}${name}`;
    expect(Object.fromEntries(listed)).toEqual({
      authorization_endpoint: path('authorize'),
      token_endpoint: path('oauth/token'),
      device_authorization_endpoint: path('oauth/device/code'),
      userinfo_endpoint: path('userinfo'),
      mfa_challenge_endpoint: path('mfa/challenge'),
      jwks_uri: path('.well-known/jwks.json'),
      registration_endpoint: path('oidc/register'),
      revocation_endpoint: path('oauth/revoke'),
      pushed_authorization_request_endpoint: path('oauth/par'),
      end_session_endpoint: path('oidc/logout'),
    });
    expect(statuses).toHaveLength(listed.length);
    expect(statuses).not.toContain(404);
  });

  it('disabled endpoints are not listed, enabled ones are', async () => {
    const off = await settingWith({ pushed_authorization_requests_supported: false, flags: {} }, discover);
    expect(off).not.toHaveProperty('registration_endpoint');
    expect(off).not.toHaveProperty('pushed_authorization_request_endpoint');
    expect(off).not.toHaveProperty('authorization_response_iss_parameter_supported');
    const on = await settingWith({ authorization_response_iss_parameter_supported: true }, discover);
    expect(on.authorization_response_iss_parameter_supported).toBe(true);
  });

  it('CIBA, mTLS and request objects are not listed', async () => {
    const text = JSON.stringify(await discover());
    expect(text).not.toMatch(/backchannel_authentication|tls_client|mtls/);
    expect(await discover()).toMatchObject({
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  });

  it("the lists are Auth0's", async () => {
    expect(await discover()).toMatchObject({
      issuer: t.tenant.issuer,
      scopes_supported: expect.arrayContaining([
        'openid',
        'profile',
        'offline_access',
        'email',
        'phone',
        'address',
      ]),
      response_types_supported: [
        'code',
        'token',
        'id_token',
        'code token',
        'code id_token',
        'token id_token',
        'code token id_token',
      ],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      code_challenge_methods_supported: ['S256', 'plain'],
      subject_types_supported: ['public'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384', 'PS256'],
      dpop_signing_alg_values_supported: ['ES256'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  it('the metadata of RFC 8414 are the same document', async () => {
    const oauth = await t.get('/.well-known/oauth-authorization-server');
    expect(oauth.status).toBe(200);
    expect(oauth.json).toEqual(await discover());
    expect(oauth.headers.get('cache-control')).toMatch(/^public, max-age=15/);
  });

  it('rows and listed names are unique', () => {
    const rows = authenticationEndpoints(t.tenant.context);
    const names = rows.flatMap(({ listedAs }) => listedAs ?? []);
    expect(new Set(names).size).toBe(names.length);
    const keys = rows.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  describe('keys', () => {
    const tokenOf = async () => {
      const answer = await t.signIn('strict', { audience: api, scope: 'openid' });
      return String(answer.json.access_token);
    };
    const userinfo = async (token: string) =>
      (await t.get('/userinfo', { authorization: `Bearer ${token}` })).status;
    const kids = async () =>
      ((await t.get('/.well-known/jwks.json')).json.keys as { kid: string }[]).map(({ kid }) => kid);

    it('a token of the previous key is valid until that key is revoked', async () => {
      const old = await tokenOf();
      const [current = '', next = ''] = await kids();
      await t.post('/_tenant/keys/rotate', {});
      expect(await kids()).toEqual([next, expect.any(String), current]);
      expect([await userinfo(old), await userinfo(await tokenOf())]).toEqual([200, 200]);
      const removed = await fetch(`${t.tenant.origin}/_tenant/keys/${current}`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(removed.status).toBe(200);
      expect(await kids()).not.toContain(current);
      expect([await userinfo(old), await userinfo(await tokenOf())]).toEqual([401, 200]);
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { eventually } from '../../support/eventually.ts';
import { startWorld, type World } from '../../support/world.ts';
import { allowRedirect, fetchCode, reachCallback, readSession, signUp, user } from './support.ts';

const app = 'http://app.example.com:8080';
const redirectUri = `${app}/done`;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    RATE_LIMIT_ENABLED: 'false',
    ALLOWED_ORIGINS: `${app},http://spa.example.com`,
    TOKEN_MODE_ORIGINS: 'http://spa.example.com',
  });
  allowRedirect(world, redirectUri);
  await signUp(world);
});
afterAll(() => world.close());

const getCode = (nonce?: string, scope?: string) =>
  fetchCode(world, { redirectUri, person: user, nonce, scope });

const exchange = (body: object, headers: Record<string, string> = { origin: app }) =>
  fetch(`${world.url}/v1/auth/exchange`, {
    method: 'POST',
    body: JSON.stringify({ redirect_uri: redirectUri, ...body }),
    headers: { 'content-type': 'application/json', ...headers },
  });

const liveFamilies = (): number =>
  storedIn(world.tenant)
    .refreshFamilies.list()
    .filter(({ revoked }) => !revoked).length;

describe('an exchanged code', () => {
  it('with its verifier starts a session, without a token in the response', async () => {
    const answer = await exchange(await getCode());
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      user: { email: user.email },
      session: { expires_at: expect.any(String) },
    });
    expect(text).not.toMatch(/eyJ/);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^gatehouse=.*HttpOnly; SameSite=Lax$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('of a caller other than a browser returns tokens', async () => {
    const answer = await exchange(await getCode(), {});
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('of a page of a token-mode origin returns tokens', async () => {
    const answer = await exchange(
      { ...(await getCode()), mode: 'token' },
      { origin: 'http://spa.example.com' },
    );
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer' });
  });

  it('with a nonce must match the ID token', async () => {
    const good = await getCode('n-1');
    expect((await exchange({ ...good, nonce: 'n-1' })).status).toBe(200);
    const bad = await getCode('n-1');
    const refused = await exchange({ ...bad, nonce: 'n-2' });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'invalid_code' });
    expect(refused.headers.getSetCookie()).toEqual([]);
  });

  it('with a nonce but without an ID token is refused, and its refresh token is revoked', async () => {
    const before = liveFamilies();
    const code = await getCode('n-1', 'offline_access geocode:location');
    const refused = await exchange({ ...code, nonce: 'n-1' }, {});
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'invalid_code' }]);
    await eventually(liveFamilies).toBe(before);
    // The verifier alone is sufficient for tokens, which only their caller gets.
    const good = await exchange(await getCode(undefined, 'offline_access geocode:location'), {});
    expect(good.status).toBe(200);
  });

  it('for a session without an ID token is refused, and its refresh token is revoked', async () => {
    const before = liveFamilies();
    const refused = await exchange(await getCode(undefined, 'offline_access geocode:location'));
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'invalid_code' }]);
    expect(refused.headers.getSetCookie()).toEqual([]);
    await eventually(liveFamilies).toBe(before);
  });

  it("of one of the gateway's own sign-ins is refused, and stays valid at the callback", async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world);
    const code = callback.searchParams.get('code') ?? '';
    const own = `${world.gateway.publicUrl}/v1/auth/callback`;
    for (const redirect_uri of [own, `${own}?a=b`, `${own}#a`, own.replace('http:', 'HTTP:')])
      for (const headers of [{}, { origin: app }] as Record<string, string>[])
        for (const proof of [{ nonce: 'n' }, { code_verifier: 'v'.repeat(43) }]) {
          const refused = await exchange({ code, redirect_uri, ...proof }, headers);
          expect([refused.status, await refused.json()], redirect_uri).toMatchObject([
            400,
            { code: 'validation_failed', errors: [{ path: 'redirect_uri' }] },
          ]);
        }
    expect((await browser.get(callback)).status).toBe(303);
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
  });

  it('is accepted once, in parallel too', async () => {
    const code = await getCode();
    const answers = await Promise.all([exchange(code), exchange(code), exchange(code)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(2);
  });
});

describe('a refused exchange', () => {
  it.each<[string, object, Record<string, string>, number, string]>([
    ['without proof, for a session', {}, { origin: app }, 422, 'proof_required'],
    ['without proof, for tokens', {}, {}, 422, 'proof_required'],
    ['without proof, for tokens by name', { mode: 'token' }, {}, 422, 'proof_required'],
    [
      'to a redirect URI elsewhere',
      { redirect_uri: 'https://evil.test/', nonce: 'n' },
      { origin: app },
      400,
      'validation_failed',
    ],
    ['of a foreign page', { nonce: 'n' }, { origin: 'https://evil.test' }, 403, 'csrf_failed'],
    [
      'of another site',
      { nonce: 'n' },
      { origin: app, 'sec-fetch-site': 'cross-site' },
      403,
      'cross_site_session',
    ],
    ['of a browser that asks for tokens', { mode: 'token' }, { origin: app }, 403, 'token_mode_refused'],
    ['with a code that is none', { nonce: 'n' }, { origin: app }, 401, 'invalid_code'],
    ['with an unknown key', { client_id: 'x' }, { origin: app }, 400, 'validation_failed'],
  ])('%s', async (_, body, headers, status, code) => {
    const answer = await exchange({ code: 'x', ...body }, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { startWorld, type World } from '../../support/world.ts';
import { signUp, user } from './support.ts';

const app = 'http://app.example.com:8080';
const redirectUri = `${app}/done`;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    RATE_LIMIT_ENABLED: 'false',
    ALLOWED_ORIGINS: `${app},http://spa.example.com`,
    TOKEN_MODE_ORIGINS: 'http://spa.example.com',
  });
  const { clients } = storedIn(world.tenant);
  const client = clients.get(world.link.clientId);
  if (client) clients.put({ ...client, callbacks: [...client.callbacks, redirectUri] });
  await signUp(world);
});
afterAll(() => world.close());

/** A code of the tenant, as a frontend gets it that runs the redirect itself. */
async function getCode(nonce?: string): Promise<{ code: string; code_verifier: string }> {
  const code_verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: world.link.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile email geocode:location',
    audience: 'urn:worldmappers',
    state: 's',
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(nonce !== undefined && { nonce }),
  });
  const browser = createBrowser();
  const page = await browser.open(`${world.tenant.origin}/authorize?${query.toString()}`);
  const done = await browser.submit(page, { username: user.email, password: user.password });
  return { code: locationOf(done).searchParams.get('code') ?? '', code_verifier };
}

const exchange = (body: object, headers: Record<string, string> = { origin: app }) =>
  fetch(`${world.url}/v1/auth/exchange`, {
    method: 'POST',
    body: JSON.stringify({ redirect_uri: redirectUri, ...body }),
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('a code handed over', () => {
  it('with its verifier becomes a session, without a token in the answer', async () => {
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

  it('by a caller that is no browser becomes tokens', async () => {
    const answer = await exchange(await getCode(), {});
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('by a page that may have tokens becomes tokens', async () => {
    const answer = await exchange(
      { ...(await getCode()), mode: 'token' },
      { origin: 'http://spa.example.com' },
    );
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer' });
  });

  it('with a nonce has to match the ID token', async () => {
    const good = await getCode('n-1');
    expect((await exchange({ ...good, nonce: 'n-1' })).status).toBe(200);
    const bad = await getCode('n-1');
    const refused = await exchange({ ...bad, nonce: 'n-2' });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'invalid_code' });
    expect(refused.headers.getSetCookie()).toEqual([]);
  });

  it('is good once, in parallel too', async () => {
    const code = await getCode();
    const answers = await Promise.all([exchange(code), exchange(code), exchange(code)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(2);
  });
});

describe('an exchange is refused', () => {
  it.each<[string, object, Record<string, string>, number, string]>([
    ['without proof, for a session', {}, { origin: app }, 422, 'proof_required'],
    [
      'to a redirect URI elsewhere',
      { redirect_uri: 'https://evil.test/', nonce: 'n' },
      { origin: app },
      400,
      'validation_failed',
    ],
    ['of a stranger', { nonce: 'n' }, { origin: 'https://evil.test' }, 403, 'csrf_failed'],
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

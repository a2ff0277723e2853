import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { nowS } from '../../../src/lib/clock.ts';
import { restoreTenant, tokenFault } from '../../session/support/person.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

interface Forgery {
  readonly claims?: object;
  readonly sign?: (claims: Record<string, unknown>) => Promise<string> | string;
}

const header = () => ({ alg: 'RS256', kid: world.tenantContext.keys.current().kid });
const signRight = (claims: Record<string, unknown>) =>
  new SignJWT(claims).setProtectedHeader(header()).sign(world.tenantContext.keys.current().privateKey);

/** Returns from the tenant's pages with a code that the tenant exchanges for this ID token. */
async function finishWith({ claims = {}, sign = signRight }: Forgery) {
  const browser = createBrowser();
  const login = await browser.get(`${world.gateway.publicUrl}/v1/auth/login`);
  const asked = locationOf(login).searchParams;
  const now = nowS(world.clock);
  const right = {
    iss: world.tenant.issuer,
    aud: world.link.clientId,
    sub: 'auth0|forged',
    iat: now,
    exp: now + 600,
    nonce: asked.get('nonce'),
  };
  const id_token = await sign({ ...right, ...claims });
  await tokenFault(world, {
    status: 200,
    body: { access_token: 'opaque', token_type: 'Bearer', expires_in: 600, id_token },
  });
  const page = await browser.get(
    `${world.gateway.publicUrl}/v1/auth/callback?code=x&state=${asked.get('state')}`,
    { accept: 'application/json' },
  );
  return { page, session: await readSession(browser, world) };
}

describe('the ID token of a callback', () => {
  it('that is valid signs in', async () => {
    const { page, session } = await finishWith({});
    expect(page.status).toBe(303);
    expect(session).toMatchObject({ authenticated: true, user: { id: 'auth0|forged' } });
  });

  it.each<[string, Forgery]>([
    ['with another nonce', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['for another client', { claims: { aud: 'another' } }],
    [
      'for further audiences, authorized for another client',
      { claims: { aud: ['another', 'x'], azp: 'another' } },
    ],
    ['of another issuer', { claims: { iss: 'https://evil.test/' } }],
    [
      'of an issuer without its slash',
      { sign: (claims) => signRight({ ...claims, iss: world.tenant.issuer.slice(0, -1) }) },
    ],
    ['that has expired', { claims: { exp: 1 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['without a signature', { sign: (claims) => new UnsecuredJWT(claims).encode() }],
    [
      'under a secret instead of a key',
      {
        sign: (claims) =>
          new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('x'.repeat(32))),
      },
    ],
    [
      'signed by another key',
      { sign: (claims) => new SignJWT(claims).setProtectedHeader(header()).sign(stranger) },
    ],
    ['that is no token', { sign: () => 'a.b.c' }],
    ['that is an empty object', { sign: () => 'e30.e30.' }],
  ])('%s does not sign in', async (_, forgery) => {
    const { page, session } = await finishWith(forgery);
    expect([page.status, JSON.parse(page.text).code]).toEqual([502, 'tenant_error']);
    expect(page.headers.getSetCookie().filter((cookie) => cookie.startsWith('gatehouse='))).toEqual([]);
    expect(session).toEqual({ authenticated: false });
  });

  it('that is missing does not sign in', async () => {
    const { page, session } = await finishWith({ sign: () => '' });
    expect(page.status).toBe(502);
    expect(session).toEqual({ authenticated: false });
  });
});

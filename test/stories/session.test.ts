import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
const ada = { email: 'ada@example.com', password: 'Correct-Horse-9', given_name: 'Ada' };
const { given_name: _, ...credentials } = ada;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('a user in a browser', () => {
  it('signs up, signs in, calls an API, reads the session, and signs out; no token reaches the page', async () => {
    const browser = createBrowser(world.url);
    expect((await browser.send('POST', '/v1/auth/signup', { body: ada })).status).toBe(201);
    const signedIn = await browser.send('POST', '/v1/auth/signin', { body: credentials });
    expect(signedIn.status).toBe(200);
    expect(signedIn.body).toEqual({
      user: expect.objectContaining({ id: expect.stringMatching(/^auth0\|/), email: ada.email }),
      session: { expires_at: expect.any(String), idle_expires_at: expect.any(String) },
    });
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    const [cookie = ''] = signedIn.headers.getSetCookie();
    expect(cookie).toMatch(
      /^gatehouse=[\w-]{24}\.[\w-]{44}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );

    const session = await browser.send('GET', '/v1/auth/session');
    expect(session.body).toMatchObject({
      authenticated: true,
      user: { email: ada.email, email_verified: false },
      scope: expect.stringContaining('geocode:location'),
      signout_url: expect.stringMatching(/^\/v1\/auth\/signout\?sid=[\w-]{43}$/),
    });
    expect(session.headers.get('vary')).toContain('Cookie');

    const found = await browser.send('GET', '/api/location/geocode?q=Oslo');
    expect(found.status).toBe(200);
    expect(found.body.features[0].properties.country_code).toBe('NO');
    expect(found.headers.get('vary')).toContain('Cookie');

    const text = JSON.stringify([signedIn.body, session.body, found.body, [...signedIn.headers]]);
    expect(text).not.toMatch(/access_token|refresh_token|id_token|eyJ|v1\.[\w-]{30}/);

    const held = new Map(browser.cookies);
    const signedOut = await browser.send('POST', '/v1/auth/signout');
    expect(signedOut.status).toBe(200);
    // The tenant has no session for a password sign-in, so nothing must be ended there.
    expect(signedOut.body).toEqual({ signout_url: null });
    expect(browser.cookies.size).toBe(0);
    for (const [name, value] of held) browser.cookies.set(name, value);
    expect((await browser.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    const refused = await browser.send('GET', '/api/location/geocode?q=Oslo');
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../support/browser.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { signUp } from './support.ts';

const person = { email: "o'neil&co@example.com", password: 'Correct-Horse-9' };

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world, person);
});
afterAll(() => world.close());

async function signIn(url = world.url): Promise<Browser> {
  const browser = createBrowser(url);
  expect((await browser.send('POST', '/v1/auth/signin', { body: person })).status).toBe(200);
  return browser;
}

describe('the first page, with the embedded tenant', () => {
  it('shows that no user is signed in, and links to sign-in, sign-up, the docs and the console', async () => {
    const { status, headers, body } = await createBrowser(world.url).go('/');
    expect(status).toBe(200);
    expect(body).toContain('Nobody is signed in in this browser.');
    const links = [...body.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(links).toEqual([
      expect.stringMatching(/^data:image\/svg\+xml,/),
      '/v1/auth/login?return_to=%2F',
      '/v1/auth/login?return_to=%2F&amp;screen_hint=signup',
      '/docs',
      `${world.tenant.origin}/`,
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Cookie');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(body).not.toContain('<script');
  });

  it('shows the signed-in user, escaped, and its sign-out link signs out and returns', async () => {
    const browser = await signIn();
    const { body } = await browser.go('/');
    expect(body).toContain('You are signed in as o&#39;neil&amp;co@example.com.');
    const [, link = ''] = /href="(\/v1\/auth\/signout[^"]*)"/.exec(body) ?? [];
    const left = await browser.go(link.replaceAll('&amp;', '&'));
    expect([left.status, left.headers.get('location')]).toEqual([303, `${world.gateway.publicUrl}/`]);
    expect((await browser.go('/')).body).toContain('Nobody is signed in');
  });

  it('reveals nothing of the session to a script, a frame or another port', async () => {
    const browser = await signIn();
    for (const headers of [
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ])
      expect((await browser.go('/', headers)).body).not.toContain('example.com');
    expect((await browser.go('/')).body).toContain('example.com');
  });

  it('does not keep the session alive', async () => {
    const browser = await signIn();
    const times = async () =>
      (await browser.send('GET', '/v1/auth/session?touch=false')).body.idle_expires_at;
    const before = await times();
    world.clock.offsetS += 120;
    expect((await browser.go('/')).body).toContain('You are signed in');
    expect(await times()).toBe(before);
  });

  it('treats an invalid cookie as no session', async () => {
    const browser = createBrowser(world.url);
    browser.cookies.set('gatehouse', 'nonsense');
    expect((await browser.go('/')).body).toContain('Nobody is signed in');
  });
});

describe('the first page, with a tenant that is not embedded', () => {
  it('describes the gateway, without the session', async () => {
    const { consoleUrl, ...link } = world.link;
    expect(consoleUrl).toBe(`${world.tenant.origin}/`);
    const gateway = await startGatewayUnderTest({ RATE_LIMIT_ENABLED: 'false' }, link);
    const browser = await signIn(gateway.url);
    const { headers, body } = await browser.go('/');
    expect(body).toContain('This is the gateway of an application.');
    expect(body).not.toMatch(/signed in as|console|example\.com/i);
    expect(headers.get('vary')).not.toMatch(/cookie/i);
    expect((await createBrowser(gateway.url).go('/')).body).toBe(body);
    await gateway.close();
  });
});

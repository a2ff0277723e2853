import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { password } from './support/seed.ts';
import { answerOf, authorizeUrl } from './support/sign-in-flow.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';

const credentials = { username: 'ann@example.com', password };

describe('the session cookies', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory', browserSeed);
  });
  afterAll(() => t.close());

  const over = (scheme: 'http' | 'https', parameters: Record<string, string> = {}): URL => {
    const url = authorizeUrl(t, parameters);
    return new URL(url.href.replace(/^http:/, `${scheme}:`));
  };

  async function signIn(scheme: 'http' | 'https', browser = createBrowser()) {
    const login = await browser.open(over(scheme));
    const end = await browser.submit(login, credentials);
    expect(answerOf(end)).toHaveProperty('code');
    return { browser, headers: end.headers.getSetCookie() };
  }

  /** The `error` of a silent authentication, or `code`. */
  const silently = async (cookie: string, scheme: 'http' | 'https'): Promise<string> => {
    const url = over(scheme, { prompt: 'none', client_id: 'spared', response_mode: 'query' });
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    const back = new URL(response.headers.get('location') ?? '');
    expect(back.href.startsWith(callback)).toBe(true);
    return back.searchParams.get('error') ?? 'code';
  };

  it("over https are Auth0's pair, and either of them is read", async () => {
    const { headers } = await signIn('https');
    const value = /^auth0=([\w-]{43});/.exec(headers[0] ?? '')?.[1] ?? '';
    expect(headers.slice(0, 2)).toEqual([
      `auth0=${value}; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=None`,
      `auth0_compat=${value}; Path=/; Max-Age=604800; HttpOnly; Secure`,
    ]);
    expect(await silently(`auth0=${value}`, 'https')).toBe('code');
    expect(await silently(`auth0_compat=${value}`, 'https')).toBe('code');
    expect(await silently(`auth0=${value}`, 'http')).toBe('login_required');
  });

  it('over http have another name, which https reads too', async () => {
    const { browser, headers } = await signIn('http');
    expect(headers[0]).toMatch(/^auth0_http=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/);
    const cookie = `auth0_http=${browser.cookies.get('auth0_http')}`;
    expect(await silently(cookie, 'http')).toBe('code');
    expect(await silently(cookie, 'https')).toBe('code');
  });

  it('a logout over https ends the sessions of both schemes', async () => {
    const browser = createBrowser();
    await signIn('http', browser);
    const cookie = `auth0_http=${browser.cookies.get('auth0_http')}`;
    browser.clearCookies();
    await signIn('https', browser);
    const all = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${t.tenant.issuer}v2/logout?client_id=web`, {
      redirect: 'manual',
      headers: { cookie: `${all}; ${cookie}` },
    });
    expect(response.headers.getSetCookie().map((header) => header.split(';')[0])).toEqual([
      'auth0=',
      'auth0_compat=',
      'auth0_http=',
    ]);
    expect(await silently(all, 'https')).toBe('login_required');
    expect(await silently(cookie, 'http')).toBe('login_required');
  });
});

it('a tenant whose scheme is http lists http endpoints and issues tokens of an http issuer', async () => {
  const t = await startTestTenant('memory', browserSeed, { scheme: 'http' });
  try {
    const { json } = await t.get('/.well-known/openid-configuration');
    const urls = Object.entries(json).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(urls.length).toBeGreaterThan(6);
    for (const [name, url] of urls)
      expect([name, url]).toEqual([name, expect.stringMatching(/^http:\/\/localhost:/)]);
    expect(json['issuer']).toBe(`${t.tenant.origin}/`);
  } finally {
    await t.close();
  }
});

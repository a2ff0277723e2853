import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../support/browser.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';
import { longSessions, password, signInUser, watchTenant } from './support/person.ts';

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await startWorld({ ...longSessions, ALLOWED_ORIGINS: 'https://app.example.com' });
  browser = await signInUser(world.url, 'csrf@example.com');
});
afterAll(() => world.close());

type Headers = Record<string, string | undefined>;

const calls: [string, string, unknown?][] = [
  ['GET', '/api/location/geocode?q=Oslo'],
  ['GET', '/v1/auth/session'],
  ['GET', '/v1/auth/sessions'],
  ['POST', '/v1/auth/refresh'],
  ['POST', '/v1/auth/signout'],
  ['DELETE', '/v1/auth/sessions'],
  ['DELETE', '/v1/auth/sessions/some-id'],
  ['POST', '/v1/auth/signin', { email: 'csrf@example.com', password }],
  ['POST', '/v1/auth/signup', { email: 'csrf2@example.com', password }],
];

const forged: [string, Headers][] = [
  ['without X-CSRF', { 'X-CSRF': undefined }],
  ['with another X-CSRF', { 'X-CSRF': 'true' }],
  ['from a sibling of the origin', { Origin: 'https://evil.example.com', 'Sec-Fetch-Site': 'same-site' }],
  ['from a near miss of a listed origin', { Origin: 'https://app.example.com.evil.example' }],
  ['from a listed host by http', { Origin: 'http://app.example.com' }],
  ['from an opaque origin', { Origin: 'null' }],
  ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
];

describe.each(forged)('a request with the cookie %s', (_, headers) => {
  it.each(calls)('is refused: %s %s', async (method, path, body) => {
    const tenant = watchTenant(world);
    const answer = await browser.send(method, path, { headers, ...(body !== undefined && { body }) });
    expect([answer.status, answer.body.code]).toEqual([403, 'csrf_failed']);
    // The tests' browser sends same-origin: a page at another address than the public URL.
    const isElsewhere = headers['Origin'] !== undefined && headers['Sec-Fetch-Site'] === undefined;
    expect(answer.body.detail).toContain(isElsewhere ? '(PUBLIC_URL)' : '`X-CSRF: 1`');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await tenant.tokenCalls()).toBe(0);
  });
});

describe('a request with the cookie', () => {
  it.each<[string, Headers]>([
    ['of an own page', { Origin: '', 'Sec-Fetch-Site': 'same-origin' }],
    ['of a script without any origin', { 'Sec-Fetch-Site': undefined }],
    ['of a listed origin', { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'same-site' }],
    [
      'of a listed origin on another site',
      { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'cross-site' },
    ],
  ])('%s is accepted', async (_, headers) => {
    const origin = headers['Origin'] === '' ? { Origin: world.gateway.publicUrl } : {};
    const answer = await browser.send('GET', '/api/location/geocode?q=Oslo', {
      headers: { ...headers, ...origin },
    });
    expect(answer.status).toBe(200);
  });

  it('and a bearer token is refused, for the same or different users', async () => {
    for (const path of ['/api/location/geocode?q=Oslo', '/v1/auth/session', '/v1/auth/sessions']) {
      for (const csrf of ['1', undefined]) {
        const headers = { Authorization: 'Bearer whatever', 'X-CSRF': csrf };
        const { status, body } = await browser.send('GET', path, { headers });
        expect([path, status, body.code]).toEqual([path, 400, 'ambiguous_credentials']);
      }
    }
  });

  it('and two Authorization headers is refused, whichever comes first', async () => {
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    for (const pair of [
      ['Basic eDp5', 'Bearer x'],
      ['Bearer x', 'Basic eDp5'],
    ]) {
      const lines = [`Cookie: ${cookie}`, 'X-CSRF: 1', ...pair.map((value) => `Authorization: ${value}`)];
      const [answer] = await sendRawRequest(
        world.gateway.port,
        `GET /api/location/geocode?q=Oslo HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`,
      );
      expect(answer?.status).toBe(400);
    }
  });

  it('without a valid session requires the CSRF header too', async () => {
    const headers = { Cookie: 'gatehouse=nothing', 'X-CSRF': undefined };
    expect((await browser.send('GET', '/v1/auth/session', { headers })).status).toBe(403);
  });

  it('needs no CSRF header on a public page, which does not read the cookie', async () => {
    const headers = { 'X-CSRF': undefined, Origin: 'https://evil.example' };
    for (const path of ['/healthz', '/openapi.json', '/problems/csrf_failed'])
      expect((await browser.send('GET', path, { headers })).status).toBe(200);
  });
});

describe('a bearer token', () => {
  it('without the cookie needs no CSRF header', async () => {
    const response = await fetch(`${world.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'csrf@example.com', password }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const called = await fetch(`${world.url}/api/location/geocode?q=Oslo`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([called.status, called.headers.get('vary')?.includes('Cookie') ?? false]).toEqual([200, false]);
  });
});

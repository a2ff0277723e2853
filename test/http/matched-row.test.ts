import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInUser } from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  browser = await signInUser(world.url, 'row@example.com');
});
afterAll(() => world.close());

const noProof = { 'X-CSRF': undefined };

describe('the row of a request', () => {
  it.each<[path: string, headers: Record<string, string | undefined>, status: number]>([
    ['/v1/auth/session', {}, 200],
    ['/v1/auth/session?odd=1', {}, 400],
    ['/v1/auth/session', noProof, 403],
    ['/v1/auth/sessions', {}, 200],
    ['/v1/auth/sessions', noProof, 403],
    ['/v1/auth/sessions', { Cookie: '' }, 401],
    ['/api/location/geocode?q=Oslo', {}, 200],
    ['/api/location/geocode?q=Oslo', noProof, 403],
    ['/api/location/geocode?odd=1', {}, 400],
  ])('sets the headers of GET for HEAD %s, with %j', async (path, headers, status) => {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => browser.send(method, path, { headers })),
    );
    for (const answer of [get, head]) {
      expect(answer?.status).toBe(status);
      expect(answer?.headers.get('vary')?.split(', ')).toContain('Cookie');
      expect(answer?.headers.get('cache-control')).toBe(get?.headers.get('cache-control'));
    }
    expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'));
  });

  it('with a parameter is known in the error handler', async () => {
    const { status, headers } = await browser.send('DELETE', '/v1/auth/sessions/nobody');
    expect([status, headers.get('vary')]).toEqual([404, expect.stringContaining('Cookie')]);
  });

  it('determines the error format before any other check', async () => {
    const [answer] = await sendRawRequest(
      world.gateway.port,
      'POST /v1/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n',
    );
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: 'invalid_request' });
  });

  it('is in the log if the request was refused earlier', async () => {
    await sendRawRequest(
      world.gateway.port,
      'GET /v1/auth/sessions HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Request-Id: twice\r\n\r\n',
    );
    expect(world.lines.find(({ request_id: id }) => id === 'twice')).toMatchObject({
      route: '/v1/auth/sessions',
      status: 400,
    });
  });
});

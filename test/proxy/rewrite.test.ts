import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

const PUBLIC = 'https://gateway.example.com';
let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET', 'POST'], upstream: upstream.url, guard: 'public' };
  world = await startProxyWorld(
    [
      { ...common, path: '/cut/*', rewrite: '/' },
      { ...common, path: '/api/things', rewrite: '/things' },
      { ...common, path: '/api/things/*', rewrite: '/things' },
      { ...common, path: '/api/v2/*', rewrite: '/app' },
      { ...common, path: '/one', rewrite: '/other/list' },
      { ...common, path: '/inner/*', rewrite: '/inner/deep' },
      { ...common, path: '/same/*' },
    ],
    { PUBLIC_URL: PUBLIC },
  );
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

const isLines = (value: string | string[]): value is string[] => Array.isArray(value);

/** The rewritten header of the response to a request with this path. */
async function answered(path: string, name: string, value: string | string[]): Promise<string[]> {
  upstream.answer = (_request, response) => void response.writeHead(201, { [name]: value }).end();
  const { headers } = await fetch(world.url + path, { redirect: 'manual' });
  return isLines(value) ? headers.getSetCookie() : [headers.get(name) ?? ''];
}

describe('a row with `rewrite`', () => {
  it.each([
    ['/cut/x', '/cut'],
    ['/api/things', '/api'],
    ['/api/things/7', '/api'],
    ['/api/v2/x', '/api/v2'],
    ['/one', '/one'],
    ['/inner/x', '/inner'],
  ])('sends the upstream of %s the prefix %s', async (path, prefix) => {
    await fetch(world.url + path, { headers: { 'X-Forwarded-Prefix': '/forged' } });
    expect(upstream.last().headers['x-forwarded-prefix']).toBe(prefix);
  });

  it('only: other rows send no prefix', async () => {
    await fetch(`${world.url}/same/x`, { headers: { 'X-Forwarded-Prefix': '/forged' } });
    expect(upstream.last().headers['x-forwarded-prefix']).toBeUndefined();
  });

  describe.each(['Location', 'Content-Location'])('%s', (name) => {
    it.each([
      // A path of the upstream, in any spelling.
      ['/cut/a/b', '/login?next=%2Fa#top', '/cut/login?next=%2Fa#top'],
      ['/cut/a/b', 'UPSTREAM/login?a=b', `${PUBLIC}/cut/login?a=b`],
      ['/cut/a/b', 'UPSTREAM', `${PUBLIC}/cut/`],
      ['/cut/a/b', '//HOST/login', `${PUBLIC}/cut/login`],
      ['/cut/a/b', 'https://HOST/login', `${PUBLIC}/cut/login`],
      ['/cut/a/b', '../c', '/cut/c'],
      ['/cut/a/b', '?page=2', '/cut/a/b?page=2'],
      ['/api/things', '/things/7', '/api/things/7'],
      ['/api/things/7', 'UPSTREAM/things', `${PUBLIC}/api/things`],
      ['/api/v2/a', '/app/b', '/api/v2/b'],
      ['/one', '/other/list', '/one'],
      ['/one', 'list/7', '/one/7'],
      ['/inner/a', '/inner/deep/b', '/inner/b'],
      // A response of an upstream that uses the prefix header.
      ['/cut/a/b', '/cut/login', '/cut/login'],
      ['/api/things', '/api/things/7', '/api/things/7'],
      ['/api/v2/a', '/api/v2/app/b', '/api/v2/b'],
      ['/api/v2/a', '/api/v2/b', '/api/v2/b'],
      // Paths outside of the row, and URLs of other hosts.
      ['/api/things/7', '/login', '/login'],
      ['/api/things/7', 'UPSTREAM/thingsome', 'UPSTREAM/thingsome'],
      ['/api/things/7', 'https://app.example.com/things/7', 'https://app.example.com/things/7'],
      ['/api/things/7', 'https://HOST.evil.example/things/7', 'https://HOST.evil.example/things/7'],
      ['/api/things/7', 'mailto:a@example.com', 'mailto:a@example.com'],
      ['/api/things/7', 'https://[', 'https://['],
    ])('in a response to %s: %s becomes %s', async (path, value, wanted) => {
      const fill = (text: string) =>
        text.replace('UPSTREAM', upstream.url).replace('HOST', new URL(upstream.url).host);
      expect(await answered(path, name, fill(value))).toEqual([fill(wanted)]);
    });

    it('of a row without `rewrite` stays as it is', async () => {
      expect(await answered('/same/a', name, `${upstream.url}/same/b`)).toEqual([`${upstream.url}/same/b`]);
    });
  });

  it('never turns a path into a host name', async () => {
    const other = await startProxyWorld(
      [{ path: '/*', methods: ['GET'], upstream: upstream.url, guard: 'public', rewrite: '/app' }],
      { PUBLIC_URL: PUBLIC },
    );
    upstream.answer = (_request, response) =>
      void response.writeHead(302, { Location: '/app//evil.example/x' }).end();
    const { headers } = await fetch(`${other.url}/a`, { redirect: 'manual' });
    expect(headers.get('location')).toBe(`${PUBLIC}//evil.example/x`);
    await other.close();
  });

  it.each([
    ['/cut/x', 'a=1; Path=/; HttpOnly', 'a=1; Path=/cut; HttpOnly'],
    ['/cut/x', 'a=1; path=/admin ;Secure', 'a=1; Path=/cut/admin;Secure'],
    ['/cut/x', 'a=1; Path=/cut/admin', 'a=1; Path=/cut/admin'],
    ['/cut/x', '__Host-a=1; Path=/; Secure', '__Host-a=1; Path=/; Secure'],
    ['/cut/x', 'a=1', 'a=1'],
    ['/cut/x', 'a=1; Domain=127.0.0.1; Secure', 'a=1; Secure'],
    ['/cut/x', 'a=1; domain=.127.0.0.1', 'a=1'],
    ['/cut/x', 'a=1; Domain=example.com', 'a=1; Domain=example.com'],
    ['/api/things', 'a=1; Path=/things', 'a=1; Path=/api/things'],
    ['/api/things/7', 'a=1; Path=/things/7', 'a=1; Path=/api/things/7'],
    ['/api/things/7', 'a=1; Path=/', 'a=1; Path=/'],
    ['/api/v2/x', 'a=Path=/app; Path=/app/b=c', 'a=Path=/app; Path=/api/v2/b=c'],
    ['/same/x', 'a=1; Path=/same; Domain=127.0.0.1', 'a=1; Path=/same; Domain=127.0.0.1'],
  ])('in a cookie set at %s: %s becomes %s', async (path, cookie, wanted) => {
    expect(await answered(path, 'Set-Cookie', [cookie, 'gatehouse=1; Path=/'])).toEqual([wanted]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { bearerHeader, makeBearer, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { upstream: upstream.url, guard: { scopes: ['read:things'] } };
  world = await startProxyWorld([
    { ...common, path: '/api/things', methods: ['GET', 'POST'], token: 'user' },
    { ...common, path: '/api/things/*', methods: ['GET', 'POST', 'DELETE'], rewrite: '/v2' },
    { ...common, path: '/api/things/special', methods: ['GET'], rewrite: '/elsewhere' },
    { ...common, path: '/api/cookies', methods: ['GET'], cookies: ['theme', 'lang'] },
    { ...common, path: '/api/limited', methods: ['GET'], limit: { per_caller: '2/min' } },
    { ...common, path: '/api/elsewhere', methods: ['GET'], audience: 'urn:elsewhere', token: 'user' },
    { ...common, path: '/open/*', methods: ['GET', 'POST'], guard: 'public', token: 'none' },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

const call = (path: string, init: RequestInit = {}, headers: Readonly<Record<string, string>> = {}) =>
  fetch(world.url + path, { ...init, headers: { ...bearerHeader(), ...headers } });

describe('a proxied row', () => {
  it('forwards a GET and its response', async () => {
    const answer = await call('/api/things?q=%2F..%2f;\\&x');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ok: true });
    expect(upstream.last()).toMatchObject({ method: 'GET', url: '/api/things?q=%2F..%2f;\\&x' });
  });

  it('forwards a body unchanged, with any content type', async () => {
    const body = Buffer.from('{"broken": \xff\x00', 'latin1');
    const answer = await call('/api/things', {
      method: 'POST',
      body,
    });
    expect(answer.status).toBe(200);
    expect(upstream.last().body.equals(body)).toBe(true);
    expect(upstream.last().headers['content-length']).toBe(String(body.length));
  });

  it('refuses by its guard without a request to the upstream', async () => {
    const missing = await fetch(`${world.url}/api/things`);
    expect(missing.status).toBe(401);
    expect(missing.headers.get('www-authenticate')).toContain('Bearer realm="gatehouse"');
    const other = await fetch(`${world.url}/api/things`, { headers: bearerHeader({ scope: 'openid' }) });
    expect(other.status).toBe(403);
    expect(upstream.seen).toEqual([]);
  });

  it('of another API refuses a token of the gateway’s API with a scope of the same name', async () => {
    expect((await call('/api/elsewhere')).status).toBe(401);
    expect(upstream.seen).toEqual([]);
    const headers = bearerHeader({ aud: ['urn:elsewhere', 'urn:worldmappers'] });
    expect((await fetch(`${world.url}/api/elsewhere`, { headers })).status).toBe(200);
  });

  it('matches by the longer prefix, and by an exact path before any prefix', async () => {
    await call('/api/things/a/b?c');
    expect(upstream.last().url).toBe('/v2/a/b?c');
    await call('/api/things/');
    expect(upstream.last().url).toBe('/v2/');
    await call('/api/things/special');
    expect(upstream.last().url).toBe('/elsewhere');
  });

  it('answers 405 if the matched row does not list the method, without trying other rows', async () => {
    const answer = await call('/api/things/special', { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(upstream.seen).toEqual([]);
  });

  it('does not match other spellings of its path', async () => {
    for (const path of ['/API/things', '/api/things2', '/open', '/api/thing', '/Open/x'])
      expect((await call(path)).status, path).toBe(404);
    expect(upstream.seen).toEqual([]);
  });

  it('keeps the question mark of an empty query', async () => {
    await call('/open/x?');
    expect(upstream.last().url).toBe('/open/x?');
  });

  it('answers HEAD if it lists GET', async () => {
    const answer = await call('/open/x', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(upstream.last().method).toBe('HEAD');
  });

  it('is logged once, by its pattern', async () => {
    await call('/open/some/secret-path?token=secret');
    await eventually(() => world.lines.filter(({ route }) => route === '/open/*').at(-1)).toMatchObject({
      status: 200,
      method: 'GET',
    });
    expect(world.logText()).not.toContain('secret-path');
  });
});

describe('the headers of a proxied request', () => {
  it('contain the caller’s token, identity and address', async () => {
    const token = makeBearer({ sub: 'auth0|käthe 1', azp: 'app' });
    await fetch(`${world.url}/api/things`, {
      headers: { authorization: `bearer ${token}`, 'x-request-id': 'my-id', 'accept-language': 'de' },
    });
    const { headers } = upstream.last();
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'x-user-id': 'auth0%7Ck%C3%A4the%201',
      'x-user-scopes': 'read:things',
      'x-client-id': 'app',
      'x-request-id': 'my-id',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(world.gateway.publicUrl).host,
      host: new URL(upstream.url).host,
      'accept-language': 'de',
    });
    expect(headers.forwarded).toBe(
      `for=127.0.0.1;host="${new URL(world.gateway.publicUrl).host}";proto=http`,
    );
  });

  it('contain no token if the row sends none', async () => {
    await call('/open/x');
    expect(upstream.last().headers.authorization).toBeUndefined();
    expect(upstream.last().headers['x-user-id']).toBeUndefined();
  });

  it('contain the cookies that the row lists, and never those of the gateway', async () => {
    const cookie = 'theme=dark; gatehouse=a; other=1; __Host-gatehouse=b; lang="de"; gatehouse-tx-1=c';
    await call('/api/cookies', {}, { cookie: cookie.replaceAll(/(?:__Host-)?gatehouse=\w; /g, '') });
    expect(upstream.last().headers.cookie).toBe('theme=dark; lang="de"');
    await fetch(`${world.url}/open/x`, { headers: { cookie } });
    expect(upstream.last().headers.cookie).toBeUndefined();
  });

  it('start a new trace if the caller sent a malformed one', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await call('/open/x', {}, { traceparent: trace, tracestate: 'a=b' });
    expect(upstream.last().headers).toMatchObject({ traceparent: trace, tracestate: 'a=b' });
    await call('/open/x', {}, { traceparent: '00-zz', tracestate: 'a=b' });
    expect(upstream.last().headers.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(upstream.last().headers.tracestate).toBeUndefined();
  });
});

it('a limit of a row counts by caller', async () => {
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await call('/api/limited')).status);
  expect(statuses).toEqual([200, 200, 429]);
  const other = await fetch(`${world.url}/api/limited`, { headers: bearerHeader({ sub: 'auth0|bob' }) });
  expect(other.status).toBe(200);
  expect(other.headers.get('ratelimit')).toContain('r=1');
});

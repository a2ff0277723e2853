import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { atReplica, longSessions, signInUser, watchTenant } from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';

let upstream: RecordingUpstream;
let echo: WebSocketServer;
let world: World;
let browser: Browser;
let routesFile: string;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  echo = new WebSocketServer({ server: upstream.server });
  const common = { methods: ['GET', 'POST'], upstream: upstream.url };
  const mine = { ...common, guard: { scopes: ['geocode:location'] }, token: 'user' };
  const routes = [
    { ...mine, path: '/api/mine' },
    { ...mine, path: '/api/events', methods: ['GET'], stream: true },
    { ...mine, path: '/api/socket', methods: ['GET'], websocket: true },
    { ...mine, path: '/api/appointments', guard: { scopes: ['appointments'] }, audience: 'urn:organizer' },
    { ...mine, path: '/api/foreign', guard: {}, audience: 'urn:of-nobody' },
    { ...common, path: '/api/ours', guard: {}, token: 'client' },
    { ...common, path: '/api/ungranted', guard: 'public', token: 'client', audience: 'urn:gatehouse:admin' },
    { ...common, path: '/api/either', guard: 'public', token: 'user-or-client' },
  ];
  routesFile = path.join(makeFolder(), 'routes.json');
  writeFileSync(routesFile, JSON.stringify({ routes }));
  world = await startWorld({ ...longSessions, ROUTES_FILE: routesFile });
  browser = await signInUser(world.url, 'proxied@example.com');
});
afterAll(async () => {
  await world.close();
  echo.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

const tokenOf = (index = -1): string =>
  upstream.seen.at(index)?.headers.authorization?.replace('Bearer ', '') ?? '';

describe('a session at a proxied row', () => {
  it('is sent to the upstream as an access token, without the cookie', async () => {
    const answer = await browser.send('GET', '/api/mine');
    expect(answer.status).toBe(200);
    expect(decodeJwt(tokenOf())).toMatchObject({ aud: expect.arrayContaining(['urn:worldmappers']) });
    const { headers } = upstream.last();
    expect(headers['x-user-id']).toBe(decodeJwt(tokenOf()).sub);
    expect(headers.cookie).toBeUndefined();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('vary')).toContain('Cookie');
    expect(world.logText()).not.toContain(tokenOf());
  });

  it('must have X-CSRF, otherwise no request is sent to the upstream', async () => {
    for (const method of ['GET', 'POST']) {
      const answer = await browser.send(method, '/api/mine', { headers: { 'X-CSRF': undefined } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    }
    expect(upstream.seen).toEqual([]);
  });

  it('gets the token of another API if the row is for that API', async () => {
    expect((await browser.send('GET', '/api/appointments')).status).toBe(200);
    const first = tokenOf();
    expect(decodeJwt(first).aud).toContain('urn:organizer');
    await Promise.all(Array.from({ length: 10 }, () => browser.send('GET', '/api/appointments')));
    expect(new Set(upstream.seen.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it('is 502 without a request to the upstream if the tenant ignores the requested API', async () => {
    const answer = await browser.send('GET', '/api/foreign');
    expect(answer).toMatchObject({ status: 502, body: { code: 'tenant_misconfigured' } });
    expect(upstream.seen).toEqual([]);
  });
});

describe('an upstream that refuses the token of a session', () => {
  beforeEach(() => {
    // After the minute in which an upstream can force one renewal.
    world.clock.offsetS += 61;
  });

  /** Refuses tokens that it has received before. */
  const refuseFirst = () => {
    const refused = new Set<string | undefined>();
    upstream.answer = (request, response) => {
      if (refused.size === 0) refused.add(request.headers.authorization);
      response.writeHead(refused.has(request.headers.authorization) ? 401 : 200).end();
    };
  };

  it('gets the request once more, with a renewed token', async () => {
    refuseFirst();
    expect((await browser.send('GET', '/api/mine')).status).toBe(200);
    expect(upstream.seen).toHaveLength(2);
    expect(tokenOf(0)).not.toBe(tokenOf(1));
  });

  it('causes one renewal for many parallel refusals, and all are answered', async () => {
    await browser.send('GET', '/api/mine');
    const refused = tokenOf();
    upstream.seen.length = 0;
    upstream.answer = (request, response) =>
      void response.writeHead(request.headers.authorization === `Bearer ${refused}` ? 401 : 200).end();
    const tenant = watchTenant(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.send('GET', '/api/mine')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await tenant.refreshes()).toBe(1);
  });

  it('each time causes one renewal a minute over all replicas, and at most one repetition per call', async () => {
    const store = {
      STORE_URL: `sqlite:${path.join(makeFolder(), 'x.db')}`,
    };
    const env = { ...longSessions, ...store, ROUTES_FILE: routesFile };
    const replicas = [
      await startGatewayUnderTest(env, world.link, world.clock),
      await startGatewayUnderTest(env, world.link, world.clock),
    ];
    const someone = await signInUser(replicas[0]?.url ?? '', 'always-refused@example.com');
    upstream.answer = (_request, response) => void response.writeHead(401).end('no');
    const tenant = watchTenant(world);
    const browsers = replicas.map(({ url }) => atReplica(someone, url));
    const ask = async () => {
      for (const each of browsers)
        for (let i = 0; i < 10; i++)
          expect(await each.send('GET', i % 2 === 0 ? '/api/mine' : '/api/events')).toMatchObject({
            status: 401,
            body: 'no',
          });
    };
    await ask();
    expect(await tenant.refreshes()).toBe(1);
    expect(upstream.seen.length).toBeLessThanOrEqual(22);
    world.clock.offsetS += 61;
    await ask();
    expect(await tenant.refreshes()).toBe(2);
    await Promise.all(replicas.map((under) => under.close()));
  });

  it('twice has its refusal returned', async () => {
    upstream.answer = (_request, response) => void response.writeHead(401).end('no');
    const answer = await browser.send('GET', '/api/mine');
    expect(answer).toMatchObject({ status: 401, body: 'no' });
    expect(upstream.seen).toHaveLength(2);
  });

  it('has its refusal returned if the request had a body', async () => {
    refuseFirst();
    expect((await browser.send('POST', '/api/mine', { body: {} })).status).toBe(401);
    expect(upstream.seen).toHaveLength(1);
  });

  it('has its refusal returned for a bearer token, which the gateway cannot renew', async () => {
    const { body } = await browser.send('POST', '/v1/auth/signin', {
      body: { email: 'proxied@example.com', password: 'Correct-Horse-9', mode: 'token' },
      headers: { Cookie: undefined, 'Sec-Fetch-Site': undefined },
    });
    upstream.answer = (_request, response) => void response.writeHead(401).end();
    const headers = { Authorization: `Bearer ${body.access_token}` };
    expect((await fetch(`${world.url}/api/mine`, { headers })).status).toBe(401);
    expect(upstream.seen).toHaveLength(1);
    expect(tokenOf()).toBe(body.access_token);
  });
});

describe('requests on which browsers cannot set headers', () => {
  it('an event stream of a session is checked by its origin', async () => {
    const headers = { 'X-CSRF': undefined, Accept: 'text/event-stream' };
    expect((await browser.send('GET', '/api/events', { headers })).status).toBe(200);
    const foreign = { ...headers, 'Sec-Fetch-Site': 'cross-site' };
    expect((await browser.send('GET', '/api/events', { headers: foreign })).status).toBe(403);
    expect((await browser.send('GET', '/api/mine', { headers })).status).toBe(403);
  });

  const open = (headers: Readonly<Record<string, string>>): Promise<WebSocket> => {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/api/socket`, {
      headers: { cookie, ...headers },
    });
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_request, response) => {
        reject(new Error(String(response.statusCode)));
        response.destroy();
      });
      socket.on('error', () => {});
    });
  };

  it('a WebSocket of a session requires an own origin', async () => {
    await expect(open({})).rejects.toThrow('403');
    await expect(open({ origin: 'https://evil.example' })).rejects.toThrow('403');
    const socket = await open({ origin: world.gateway.publicUrl });
    socket.terminate();
  });

  it('a WebSocket ends with its session', async () => {
    const other = await signInUser(world.url, 'socket@example.com');
    const before = new Map(browser.cookies);
    browser.cookies.clear();
    for (const [name, value] of other.cookies) browser.cookies.set(name, value);
    const socket = await open({ origin: world.gateway.publicUrl });
    await other.send('POST', '/v1/auth/signout');
    await eventually(() => socket.readyState).toBe(WebSocket.CLOSED);
    for (const [name, value] of before) browser.cookies.set(name, value);
  });
});

describe("the gateway's own token", () => {
  it('is requested once, cached until shortly before it expires, and sent if the row says so', async () => {
    const credentials = world.tenant.credentials('gift-deliveries');
    const link = {
      ...world.link,
      clientId: credentials?.client_id ?? '',
      credential: { secret: credentials?.client_secret ?? '' },
    };
    const under = await startGatewayUnderTest({ ROUTES_FILE: routesFile }, link, world.clock);
    const call = () => fetch(`${under.url}/api/either`);
    const answers = await Promise.all(Array.from({ length: 10 }, call));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(upstream.seen.map(({ headers }) => headers.authorization)).size).toBe(1);
    const first = tokenOf();
    const { sub, aud, exp = 0 } = decodeJwt(first);
    expect(sub).toBe(`${link.clientId}@clients`);
    expect([aud].flat()).toContain('urn:worldmappers');
    expect(upstream.last().headers['x-user-id']).toBeUndefined();
    const before = world.clock.offsetS;
    world.clock.offsetS += exp - Math.floor(world.clock.now() / 1000) - 30;
    await call();
    expect(tokenOf()).not.toBe(first);
    world.clock.offsetS = before;
    await under.close();
  });

  it('with a lifetime of a minute is reused for half of it', async () => {
    const { resourceServers } = storedIn(world.tenant);
    const [api] = resourceServers.find('identifier', 'urn:worldmappers');
    if (!api) throw new Error('no such API');
    resourceServers.put({ ...api, token_lifetime: 60 });
    onTestFinished(() => resourceServers.put(api));
    const under = await startGatewayUnderTest({ ROUTES_FILE: routesFile }, world.link, world.clock);
    const send = async () => {
      expect((await fetch(`${under.url}/api/either`)).status).toBe(200);
      return tokenOf();
    };
    const first = await send();
    world.clock.offsetS += 20;
    expect(await send()).toBe(first);
    world.clock.offsetS += 10;
    expect(await send()).not.toBe(first);
    await under.close();
  });

  it('that the tenant does not grant is 502, without a request to the upstream', async () => {
    const answer = await fetch(`${world.url}/api/ungranted`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'tenant_misconfigured' });
    expect(upstream.seen).toEqual([]);
  });

  it('replaces the caller’s, whose identity is sent in a header', async () => {
    expect((await browser.send('GET', '/api/ours')).status).toBe(200);
    expect(decodeJwt(tokenOf()).sub).toBe(`${world.link.clientId}@clients`);
    expect(upstream.last().headers['x-user-id']).toMatch(/^auth0\|/);
  });
});

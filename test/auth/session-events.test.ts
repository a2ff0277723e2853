import { createServer, get } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEventStreams } from '../../src/http/event-stream.ts';
import { signInForTokens } from '../revocation/support/management.ts';
import { A_DAY_S, atReplica, callApi, password, signInUser } from '../session/support/person.ts';
import { freshFile } from '../store/contract/target.ts';
import { asBearer, type Browser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { type OpenEvents, openEvents } from '../support/open-events.ts';
import { startWorld, type World } from '../support/world.ts';

vi.setConfig({ testTimeout: 60_000 });

const PATH = '/v1/auth/session/events';
const IDLE_S = 600;
const MAX_S = 3600;
const APP = 'https://app.localhost:8443';

describe('the events of a session', () => {
  let world: World;
  let replica: GatewayUnderTest;
  let people = 0;
  const open: OpenEvents[] = [];

  beforeAll(async () => {
    const env = {
      STORE_URL: `sqlite:${freshFile()}`,
      SESSION_IDLE_S: String(IDLE_S),
      SESSION_MAX_S: String(MAX_S),
      RATE_LIMIT_ENABLED: 'false',
      ALLOWED_ORIGINS: APP,
      MAX_IN_FLIGHT: '4',
      ADDRESS_SHARE: '1',
    };
    world = await startWorld(env);
    replica = await startGatewayUnderTest(env, world.link, world.clock);
  });
  afterAll(async () => {
    await replica.close();
    await world.close();
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.close();
  });

  const someone = () => signInUser(world.url, `watched-${people++}@example.com`);
  const toCookie = ({ cookies }: Browser) =>
    [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const isListening = () => [...open].every(({ retryMs, status }) => status !== 200 || retryMs !== undefined);

  /** Opens a stream like an `EventSource` of the gateway's origin; `headers` replace the default ones. */
  async function watch(
    browser: Browser,
    headers: Readonly<Record<string, string>> = {},
    url = world.url,
  ): Promise<OpenEvents> {
    const all = { Cookie: toCookie(browser), 'Sec-Fetch-Site': 'same-origin', ...headers };
    const stream = await openEvents(url + PATH, all);
    open.push(stream);
    await eventually(isListening).toBe(true);
    return stream;
  }
  const toNames = (stream: OpenEvents) => stream.events.map(({ event }) => event);

  it('are a stream with headers against proxy buffering, and with a reconnection time', async () => {
    const stream = await watch(await someone());
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.headers.get('cache-control')).toBe('no-store');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.retryMs).toBe(3000);
    expect(stream.events).toEqual([]);
  });

  it('report at every replica that the user has signed out; the stream closes and cannot be opened again', async () => {
    const browser = await someone();
    const here = await watch(browser);
    const there = await watch(browser, {}, replica.url);
    const again = { ...browser, cookies: new Map(browser.cookies) };
    await atReplica(browser, replica.url).send('POST', '/v1/auth/signout');
    for (const stream of [here, there]) {
      await eventually(() => stream.isOver).toBe(true);
      expect(stream.events).toEqual([{ event: 'ended', id: undefined, data: { reason: 'signed_out' } }]);
    }
    expect(await watch(again)).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('report that the session was ended from another browser', async () => {
    const email = `watched-${people}@example.com`;
    const stream = await watch(await someone());
    const other = await signInUser(replica.url, email);
    expect((await other.send('DELETE', '/v1/auth/sessions?keep=current')).status).toBe(204);
    await eventually(() => stream.isOver).toBe(true);
    expect(stream.events.map(({ data }) => data)).toEqual([{ reason: 'revoked' }]);
  });

  it('report that the session has expired', async () => {
    const stream = await watch(await someone());
    world.clock.offsetS += IDLE_S + 1;
    await eventually(() => stream.isOver).toBe(true);
    expect(stream.events.at(-1)).toMatchObject({ event: 'ended', data: { reason: 'expired' } });
  });

  it('report the end two minutes ahead, and the new end after a use', async () => {
    const browser = await someone();
    const stream = await watch(browser, {}, replica.url);
    const signedInAtMs = world.clock.now();
    world.clock.offsetS += IDLE_S - 110;
    await eventually(() => toNames(stream)).toEqual(['expiring']);
    const { expires_at } = (stream.events[0]?.data ?? {}) as { expires_at: string };
    expect(Date.parse(expires_at) - signedInAtMs).toBeGreaterThan((IDLE_S - 10) * 1000);
    expect(Date.parse(expires_at) - signedInAtMs).toBeLessThanOrEqual(IDLE_S * 1000);
    expect((await callApi(browser)).status).toBe(200);
    await eventually(() => toNames(stream)).toEqual(['expiring', 'renewed']);
    const { body: session } = await browser.send('GET', '/v1/auth/session?touch=false');
    const { idle_expires_at } = session;
    expect(stream.events[1]?.data).toEqual({ expires_at: session.expires_at, idle_expires_at });
    // It is reported again before the new end.
    world.clock.offsetS += IDLE_S - 110;
    await eventually(() => toNames(stream)).toEqual(['expiring', 'renewed', 'expiring']);
  });

  it('report the absolute end of a session in use', async () => {
    const browser = await someone();
    for (let usedS = 0; usedS < MAX_S - IDLE_S; usedS += IDLE_S / 2) {
      world.clock.offsetS += IDLE_S / 2;
      expect((await callApi(browser)).status).toBe(200);
    }
    const stream = await watch(browser);
    world.clock.offsetS += IDLE_S - 60;
    await eventually(() => toNames(stream)).toEqual(['expiring']);
    const { body } = await browser.send('GET', '/v1/auth/session?touch=false');
    expect(stream.events[0]?.data).toEqual({ expires_at: body.expires_at });
  });

  it('that were missed are sent after the id of the last one, and no others', async () => {
    const browser = await someone();
    const first = await watch(browser);
    world.clock.offsetS += 200;
    await callApi(browser);
    await eventually(() => toNames(first)).toEqual(['renewed']);
    const id = first.events[0]?.id ?? '';
    expect(id).not.toBe('');
    first.close();
    // A receiver with all events gets only the end.
    const knowing = await watch(browser, { 'Last-Event-ID': id });
    world.clock.offsetS += 200;
    await callApi(browser);
    await eventually(() => toNames(knowing)).toEqual(['renewed']);
    const late = await watch(browser, { 'Last-Event-ID': id }, replica.url);
    await eventually(() => toNames(late)).toEqual(['renewed']);
    const foreign = await watch(browser, { 'Last-Event-ID': '../../etc' });
    await browser.send('POST', '/v1/auth/signout');
    for (const stream of [knowing, late, foreign]) await eventually(() => stream.isOver).toBe(true);
    expect([toNames(knowing), toNames(late), toNames(foreign)]).toEqual([
      ['renewed', 'ended'],
      ['renewed', 'ended'],
      ['ended'],
    ]);
  });

  it('do not keep a session alive, even if the stream is opened often', async () => {
    const browser = await someone();
    for (let i = 0; i < 3; i++) {
      world.clock.offsetS += 190;
      (await watch(browser)).close();
    }
    world.clock.offsetS += 31;
    expect(await watch(browser)).toMatchObject({ status: 401 });
    expect((await callApi(browser)).status).toBe(401);
  });

  it('are limited to ten streams per session, also opened in parallel, without affecting other sessions', async () => {
    const browser = await someone();
    const streams: OpenEvents[] = [];
    // Few enough in parallel for the limit of requests in flight.
    for (let i = 0; i < 5; i++)
      streams.push(...(await Promise.all([watch(browser), watch(browser), watch(browser)])));
    const refused = streams.filter(({ status }) => status === 503);
    expect(streams.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(refused.map(({ code, headers }) => [code, headers.get('retry-after')])).toEqual(
      Array.from({ length: 5 }, () => ['overloaded', '5']),
    );
    expect((await watch(await someone())).status).toBe(200);
    streams.find(({ status }) => status === 200)?.close();
    await eventually(async () => (await watch(browser)).status).toBe(200);
  });

  it('require a session and a page of this or a listed origin', async () => {
    const browser = await someone();
    const listed = await watch(browser, { Origin: APP, 'Sec-Fetch-Site': 'same-site' });
    expect(listed.headers.get('access-control-allow-origin')).toBe(APP);
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await watch(browser, foreign)).status).toBe(403);
    expect(await watch(browser, { 'Sec-Fetch-Site': 'none' })).toMatchObject({ code: 'csrf_failed' });
    expect(await watch(browser, { Cookie: '' })).toMatchObject({ code: 'unauthenticated' });
    const { token } = await signInForTokens(world.url, `watched-${people++}@example.com`, password);
    const bearer = await browser.send('GET', PATH, { headers: { ...asBearer(token), Cookie: undefined } });
    expect([bearer.status, bearer.body.code]).toEqual([401, 'unauthenticated']);
  });

  it('end without a reason when the gateway stops, so that the tab reconnects', async () => {
    const other = await startGatewayUnderTest(
      { RATE_LIMIT_ENABLED: 'false', SESSION_IDLE_S: String(A_DAY_S) },
      world.link,
      world.clock,
    );
    const browser = await signInUser(other.url, `watched-${people++}@example.com`);
    const stream = await watch(browser, {}, other.url);
    await other.close();
    await eventually(() => stream.isOver).toBe(true);
    expect(stream.events).toEqual([]);
  });
});

describe('an open stream of events', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gets a comment every 20 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const streams = createEventStreams();
    const server = createServer((_request, response) => {
      response.writeHead(200);
      streams.open(response, () => () => undefined);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    let text = '';
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, (answer) => {
      answer.on('data', (chunk) => (text += String(chunk)));
    });
    await vi.waitUntil(() => text === 'retry: 3000\n\n', { timeout: 5000 });
    vi.advanceTimersByTime(19_999);
    vi.advanceTimersByTime(1);
    await vi.waitUntil(() => text === 'retry: 3000\n\n:\n\n', { timeout: 5000 });
    vi.advanceTimersByTime(40_000);
    await vi.waitUntil(() => text === 'retry: 3000\n\n:\n\n:\n\n:\n\n', { timeout: 5000 });
    request.destroy();
    server.close();
  });
});

import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../support/eventually.ts';
import { sendRaw, sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { bearerHeader, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

/** The requests that reached the upstream. */
const handshakes: IncomingMessage[] = [];
let upstream: RecordingUpstream;
let echo: WebSocketServer;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  upstream.server.on('upgrade', (request) => handshakes.push(request));
  echo = new WebSocketServer({ server: upstream.server, path: '/socket' });
  echo.on('connection', (socket, request) => {
    socket.send(`hello ${String(request.headers['x-user-id'])}`);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const common = { methods: ['GET'], upstream: upstream.url };
  world = await startProxyWorld(
    [
      { ...common, path: '/socket', guard: { scopes: ['read:things'] }, token: 'user', websocket: true },
      { ...common, path: '/open', guard: 'public', websocket: true },
      { ...common, path: '/plain', guard: 'public' },
    ],
    { ALLOWED_ORIGINS: 'https://app.example.com', NODE_ENV: 'test' },
  );
});
afterAll(async () => {
  await world.close();
  echo.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
  handshakes.length = 0;
});

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

interface Opened {
  readonly socket: WebSocket;
  readonly messages: string[];
  readonly closed: Promise<void>;
}

/** An open WebSocket; rejects with the status of a refusal. */
function open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}${path}`, { headers });
  sockets.push(socket);
  const messages: string[] = [];
  socket.on('message', (data) => messages.push((data as Buffer).toString()));
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, messages, closed }));
    socket.on('unexpected-response', (_request, response) => {
      reject(new Error(String(response.statusCode)));
      response.destroy();
    });
    socket.on('error', () => {});
  });
}

describe('a WebSocket on a row that declares it', () => {
  it('forwards messages in both directions, and sends the caller’s identity to the upstream', async () => {
    const { socket, messages } = await open('/socket', bearerHeader());
    await eventually(() => messages).toEqual(['hello auth0|alice']);
    socket.send('a text');
    socket.send('x'.repeat(300_000));
    await eventually(() => messages.length).toBe(3);
    expect(messages.slice(1)).toEqual(['a text', 'x'.repeat(300_000)]);
  });

  it('closes if either side closes', async () => {
    const mine = await open('/socket', bearerHeader());
    mine.socket.close();
    await mine.closed;
    await eventually(() => echo.clients.size).toBe(0);
    const theirs = await open('/socket', bearerHeader());
    for (const client of echo.clients) client.close();
    await theirs.closed;
  });

  it('is logged once, as it opens', async () => {
    const before = world.lines.filter(({ route, status }) => route === '/socket' && status === 101).length;
    const { socket, closed } = await open('/socket', bearerHeader());
    await eventually(
      () => world.lines.filter(({ route, status }) => route === '/socket' && status === 101).length,
    ).toBe(before + 1);
    socket.close();
    await closed;
  });

  it('is refused as any request is', async () => {
    await expect(open('/socket')).rejects.toThrow('401');
    await expect(open('/socket', bearerHeader({ scope: 'openid' }))).rejects.toThrow('403');
    await expect(open('/nowhere', bearerHeader())).rejects.toThrow('404');
    expect(handshakes).toEqual([]);
  });

  it('is refused for a foreign page', async () => {
    const headers = bearerHeader();
    await expect(open('/socket', { ...headers, origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(open('/socket', { ...headers, origin: 'null' })).rejects.toThrow('403');
    await open('/socket', { ...headers, origin: 'https://app.example.com' });
    await open('/socket', { ...headers, origin: world.gateway.publicUrl });
  });

  it('returns the response of an upstream that refuses it', async () => {
    await expect(open('/open')).rejects.toThrow('400');
  });

  it('ends when the token of its caller expires', async () => {
    const { closed, socket } = await open('/socket', bearerHeader());
    world.clock.offsetS = 3_700;
    await closed;
    world.clock.offsetS = 0;
    expect(socket.readyState).toBe(WebSocket.CLOSED);
    await eventually(() => echo.clients.size).toBe(0);
  });

  it('has neither the headers that Connection names nor those of the gateway in its handshake', async () => {
    const handshake =
      'GET /open HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade, x-secret\r\nUpgrade: WebSocket\r\nX-Secret: 1\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nX-User-Id: admin\r\n\r\n';
    const [answer] = await sendRawRequest(world.port, handshake);
    expect(answer?.status).toBe(400);
    expect(handshakes).toHaveLength(1);
    expect(handshakes[0]?.headers).toMatchObject({ upgrade: 'websocket', 'sec-websocket-version': '13' });
    expect(JSON.stringify(handshakes[0]?.rawHeaders)).not.toMatch(/secret|admin/i);
  });
});

describe('an upgrade', () => {
  const upgrade = (path: string, protocol: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;

  const next = 'GET /plain?next HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n';

  it('to a WebSocket on a row without `websocket` is 400, without a request to the upstream and with the connection closed', async () => {
    for (const path of ['/plain', '/healthz', '/v1/auth/session']) {
      const text = await sendRaw(world.port, upgrade(path, 'websocket') + next, 5000);
      expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 400']);
      expect(text).toMatch(/^connection: close/im);
      expect(text).toContain('This route does not accept WebSockets.');
    }
    expect([...upstream.seen, ...handshakes]).toEqual([]);
  });

  it.each([
    ['to h2c', upgrade('/open', 'h2c', 'HTTP2-Settings: AAM\r\n')],
    ['to TLS', upgrade('/open', 'TLS/1.0')],
    ['to several protocols', upgrade('/open', 'websocket, h2c')],
    ['to a WebSocket with a body', upgrade('/open', 'websocket', 'Content-Length: 4\r\n').concat('body')],
    [
      'to a WebSocket with a chunked body',
      upgrade('/open', 'websocket', 'Transfer-Encoding: chunked\r\n').concat('0\r\n\r\n'),
    ],
    ['to a WebSocket by HEAD', upgrade('/open', 'websocket').replace('GET', 'HEAD')],
  ])('%s is ignored and not forwarded: the request is answered', async (_what, bytes) => {
    const last = bytes.replace('Connection: Upgrade', 'Connection: Upgrade, close');
    const text = await sendRaw(world.port, last, 10_000);
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200']);
    expect(handshakes).toEqual([]);
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/open']);
    expect(JSON.stringify(upstream.seen[0]?.rawHeaders)).not.toMatch(/upgrade|http2-settings|h2c|TLS/i);
  });

  it('after a request that is not answered yet is ignored, without an effect on other requests', async () => {
    let answerFirst = (): void => undefined;
    upstream.answer = (request, response) => {
      if (request.url === '/plain') answerFirst = () => response.end('first');
      else response.end('second');
    };
    const first = 'GET /plain HTTP/1.1\r\nHost: gw\r\n\r\n';
    const answered = sendRaw(world.port, first + upgrade('/open', 'websocket'), 5000);
    await eventually(() => upstream.seen.length).toBe(2);
    expect(upstream.seen[1]?.headers.upgrade).toBeUndefined();
    answerFirst();
    expect((await answered).match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(handshakes).toEqual([]);
  });

  it('in HTTP/1.0 is ignored', async () => {
    const text = await sendRaw(
      world.port,
      upgrade('/open', 'websocket').replace('HTTP/1.1', 'HTTP/1.0'),
      5000,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(handshakes).toEqual([]);
  });
});

it('a drain ends open WebSockets', async () => {
  const other = await startProxyWorld([
    { path: '/socket', methods: ['GET'], upstream: upstream.url, guard: 'public', websocket: true },
  ]);
  const socket = new WebSocket(`ws://127.0.0.1:${other.port}/socket`);
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise((resolve) => {
    socket.on('open', resolve);
  });
  await other.close();
  await eventually(() => socket.readyState).toBe(WebSocket.CLOSED);
});

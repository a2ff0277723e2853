import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
/** The upstream's side of the gateway's connections, in the order of their opening. */
const opened: Socket[] = [];

beforeAll(async () => {
  upstream = await startRecordingUpstream();
  upstream.server.keepAliveTimeout = 0;
  upstream.server.on('connection', (socket) => opened.push(socket));
  const common = { methods: ['GET', 'POST', 'DELETE'], upstream: upstream.url, guard: 'public' };
  world = await startProxyWorld([
    { ...common, path: '/usual' },
    { ...common, path: '/long', keep_alive_ms: 600_000 },
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

describe('an idle connection to an upstream', () => {
  it('is closed before the upstream closes it, by default; a row can keep it longer', async () => {
    // Its keep-alive header says ten minutes.
    upstream.answer = (_request, response) => response.setHeader('Keep-Alive', 'timeout=600').end('ok');
    await fetch(`${world.url}/usual`);
    const usual = opened.at(-1);
    await fetch(`${world.url}/long`);
    const long = opened.at(-1);
    expect(long).not.toBe(usual);
    await eventually(() => usual?.destroyed, { timeout: 30_000 }).toBe(true);
    await fetch(`${world.url}/long`);
    expect(opened.at(-1)).toBe(long);
    expect(long?.destroyed).toBe(false);
  }, 60_000);

  it('is closed sooner if the upstream has a shorter keep-alive timeout', async () => {
    upstream.answer = (_request, response) => response.setHeader('Keep-Alive', 'timeout=1').end('ok');
    await fetch(`${world.url}/long`);
    const last = opened.at(-1);
    await eventually(() => last?.destroyed, { timeout: 30_000 }).toBe(true);
  }, 60_000);

  it.each(['', 'a body'])(
    'that the upstream resets while a POST waits for it costs nothing: body %j',
    async (body) => {
      const client = connect(world.port, '127.0.0.1');
      let received = '';
      client.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      for (let i = 1; i <= 10; i++) {
        await fetch(`${world.url}/long`);
        received = '';
        // Both arrive in one turn of the event loop: a request to send, and the end of the connection.
        client.write(`POST /long?${i} HTTP/1.1\r\nHost: gw\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        opened.at(-1)?.resetAndDestroy();
        await eventually(() => received).toMatch(/^HTTP\/1\.1 \d{3}/);
        expect(received, `call ${i}`).toMatch(/^HTTP\/1\.1 200 /);
      }
      client.destroy();
      const posts = upstream.seen.filter(({ method }) => method === 'POST');
      expect(posts.map(({ url }) => url)).toEqual(Array.from({ length: 10 }, (_, i) => `/long?${i + 1}`));
      expect(posts.map((post) => post.body.toString())).toEqual(posts.map(() => body));
    },
    60_000,
  );
});

it('a POST is never sent twice, even if its connection is reset immediately', async () => {
  upstream.answer = (request) => request.socket.resetAndDestroy();
  for (const body of ['', 'a body']) {
    upstream.seen.length = 0;
    expect((await fetch(`${world.url}/usual`, { method: 'POST', body })).status).toBe(502);
    expect(upstream.seen).toHaveLength(1);
  }
});

describe('a GET with a body', () => {
  it.each(['GET', 'DELETE'])('%s: is the last request of its connection to the upstream', async (method) => {
    const bytes = `${method} /usual HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n`;
    for (const body of [
      'Content-Length: 4\r\n\r\nbody',
      'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n',
    ]) {
      expect(await sendRaw(world.port, bytes + body, 10_000)).toMatch(/^HTTP\/1\.1 200 /);
      expect(upstream.last()).toMatchObject({ method, headers: { connection: 'close' } });
      expect(upstream.last().body.toString()).toBe('body');
    }
    await fetch(`${world.url}/usual`, { method: 'POST', body: 'x' });
    expect(upstream.last().headers.connection).toBe('keep-alive');
  });

  it('is not read as an additional request by an upstream that ignores the body', async () => {
    const seen: string[] = [];
    const careless = createServer((socket) => {
      let rest = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        if (socket.writableEnded) return;
        rest += chunk.toString('latin1');
        for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
          const head = rest.slice(0, end);
          rest = rest.slice(end + 4);
          seen.push(head.split(' ', 2)[1] ?? '');
          const isLast = /^connection: close/im.test(head);
          const answer = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${isLast ? 'Connection: close\r\n' : ''}\r\nok`;
          if (!isLast) socket.write(answer);
          else {
            socket.end(answer);
            break;
          }
        }
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      careless.once('listening', resolve);
    });
    const { port } = careless.address() as AddressInfo;
    const other = await startProxyWorld([
      { path: '/open', methods: ['GET'], upstream: `http://127.0.0.1:${port}`, guard: 'public' },
    ]);
    const smuggled = 'GET /inner/admin HTTP/1.1\r\nHost: inner\r\n\r\n';
    const text = await sendRaw(
      other.port,
      `GET /open HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
      10_000,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(await (await fetch(`${other.url}/open`)).text()).toBe('ok');
    expect(seen).toEqual(['/open', '/open']);
    await other.close();
    careless.close();
  });
});

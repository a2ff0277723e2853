import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sendRaw, sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

const MB = 1024 * 1024;

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET', 'POST', 'PUT', 'DELETE'], upstream: upstream.url, guard: 'public' };
  world = await startProxyWorld([
    { ...common, path: '/big', max_body: 'unlimited', timeout_ms: 60_000 },
    { ...common, path: '/small', max_body: '1kB' },
    { ...common, path: '/guarded', guard: { scopes: ['x'] } },
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

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection of the test, which is closed after it. */
function open(bytes: string): Socket {
  const socket = connect(world.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  sockets.push(socket);
  return socket;
}

const chunk = randomBytes(64 * 1024);

/** An infinite stream of bytes. */
const makeBytes = () =>
  new Readable({
    read() {
      this.push(chunk);
    },
  });

describe('a body', () => {
  it('waits if the upstream does not read it', async () => {
    let taken: IncomingMessage | undefined;
    upstream.answer = (request) => {
      taken = request;
    };
    let given = 0;
    const socket = open('POST /big HTTP/1.1\r\nHost: gw\r\nContent-Length: 1073741824\r\n\r\n');
    const pump = (): void => {
      while (socket.write(chunk)) given += chunk.length;
      given += chunk.length;
    };
    socket.on('drain', pump);
    pump();
    await eventually(() => taken).toBeDefined();
    // When no more is accepted, the accepted bytes are those in the buffers.
    let last = -1;
    await eventually(
      () => {
        const isStill = given === last;
        last = given;
        return isStill;
      },
      { interval: 300, timeout: 15_000 },
    ).toBe(true);
    expect(given).toBeLessThan(64 * MB);
    taken?.destroy();
  });

  it('of a response waits if the caller does not read it', async () => {
    let sent = 0;
    upstream.answer = (_request, response) => {
      const pump = (): void => {
        while (response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', pump);
      pump();
    };
    const socket = open('GET /big HTTP/1.1\r\nHost: gw\r\n\r\n');
    socket.pause();
    let last = -1;
    await eventually(
      () => {
        const isStill = sent > 0 && sent === last;
        last = sent;
        return isStill;
      },
      { interval: 300, timeout: 15_000 },
    ).toBe(true);
    expect(sent).toBeLessThan(64 * MB);
  });

  it('arrives unchanged, in both directions, at once or in chunks', async () => {
    const bytes = randomBytes(3 * MB);
    upstream.answer = (request, response) => void request.pipe(response);
    const toHash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    for (const body of [bytes, Readable.from([bytes.subarray(0, MB), bytes.subarray(MB)])]) {
      const init = { method: 'PUT', body, duplex: 'half' } as RequestInit;
      const answer = await fetch(`${world.url}/big`, init);
      expect(toHash(new Uint8Array(await answer.arrayBuffer()))).toBe(toHash(bytes));
    }
  });

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
  ])('is never parsed, also as %s', async (type) => {
    const body = '{"a":\r\n--x\r\na=%zz&b[]=';
    const answer = await fetch(`${world.url}/big`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    expect(answer.status).toBe(200);
    expect(upstream.last().body.toString()).toBe(body);
    expect(upstream.last().headers['content-type']).toBe(type);
  });

  it('of a DELETE is forwarded too, and an empty one as an empty one', async () => {
    await fetch(`${world.url}/big`, { method: 'DELETE', body: 'why' });
    expect(upstream.last().body.toString()).toBe('why');
    await fetch(`${world.url}/big`, { method: 'POST' });
    expect(upstream.last().headers['content-length']).toBe('0');
  });
});

describe('a body that is too large', () => {
  it('is 413 by its Content-Length, without a request to the upstream', async () => {
    const answer = await fetch(`${world.url}/small`, { method: 'POST', body: 'x'.repeat(1025) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'payload_too_large' });
    expect(upstream.seen).toEqual([]);
    const fitting = await fetch(`${world.url}/small`, { method: 'POST', body: 'x'.repeat(1024) });
    expect(fitting.status).toBe(200);
  });

  it('is 413 by its bytes without a Content-Length, and never arrives completely', async () => {
    const body = Readable.from([Buffer.alloc(1000), Buffer.alloc(1000)]);
    const answer = await fetch(`${world.url}/small`, { method: 'POST', body, duplex: 'half' });
    expect(answer.status).toBe(413);
    for (const { body: part } of upstream.seen) expect(part.length).toBeLessThanOrEqual(1024);
  });
});

describe('Expect: 100-continue', () => {
  const expecting = (path: string, length = 4) =>
    `POST ${path} HTTP/1.1\r\nHost: gw\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;

  it('is answered when the upstream is ready for the body', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = open(expecting('/big'));
      let received = '';
      socket.on('data', (part) => {
        received += part.toString();
        if (received.endsWith('Continue\r\n\r\n')) socket.write('body');
      });
      socket.on('close', () => resolve(received));
    });
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(upstream.last().body.toString()).toBe('body');
    expect(upstream.last().headers.expect).toBeUndefined();
  });

  it('is not answered if the guard or the size limit refuses', async () => {
    expect((await sendRaw(world.port, expecting('/guarded'), 10_000)).slice(0, 12)).toBe('HTTP/1.1 401');
    expect((await sendRaw(world.port, expecting('/small', 2000), 10_000)).slice(0, 12)).toBe('HTTP/1.1 413');
    expect(upstream.seen).toEqual([]);
  });
});

describe('a caller that disconnects', () => {
  it('before the answer ends the call at the upstream', async () => {
    upstream.answer = () => {};
    const socket = open('GET /big HTTP/1.1\r\nHost: gw\r\n\r\n');
    await eventually(() => upstream.seen.length).toBe(1);
    socket.destroy();
    await eventually(() => upstream.last().isAborted).toBe(true);
    await eventually(() => world.lines.some(({ route, status }) => route === '/big' && status === 499)).toBe(
      true,
    );
  });

  it('in the middle of its body ends the call at the upstream', async () => {
    const socket = open('POST /big HTTP/1.1\r\nHost: gw\r\nContent-Length: 100\r\n\r\nsome');
    await eventually(() => upstream.seen.length).toBe(1);
    socket.destroy();
    await eventually(() => upstream.last().isAborted).toBe(true);
  });

  it('in the middle of the answer ends the call at the upstream', async () => {
    upstream.answer = (_request, response) => void makeBytes().pipe(response);
    const socket = open('GET /big HTTP/1.1\r\nHost: gw\r\n\r\n');
    await new Promise((resolve) => {
      socket.once('data', resolve);
    });
    socket.destroy();
    await eventually(() => upstream.last().isAborted).toBe(true);
  });
});

it('afterwards no request counts as in flight', async () => {
  const [ready] = await sendRawRequest(
    world.port,
    'GET /healthz HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n',
  );
  expect(ready?.status).toBe(200);
});

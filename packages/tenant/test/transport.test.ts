import { once } from 'node:events';
import { Agent, get, type RequestListener, request as requestPlain } from 'node:http';
import { get as getTls, request as requestTls, Agent as TlsAgent } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import { readCertificates } from '../src/transport/certificates.ts';
import type { Certificates } from '../src/transport/issue-certificates.ts';
import { listenTransport, type Transport } from '../src/transport/listen-transport.ts';

let certificates: Certificates;
const open: Transport[] = [];

beforeAll(async () => {
  certificates = await readCertificates({ directory: undefined, clock: systemClock });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
});

const echo: RequestListener = (request, response) => {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  request.on('end', () =>
    response.end(`${'encrypted' in request.socket ? 'tls' : 'plain'} ${request.method} ${length}`),
  );
};

async function start(options: { silenceMs?: number; graceMs?: number; port?: number; host?: string } = {}) {
  const { keyPem: key, certPem: cert } = certificates;
  const transport = await listenTransport({ host: '127.0.0.1', port: 0, tls: { key, cert }, ...options });
  open.push(transport);
  transport.serve(echo);
  return transport;
}

/** Everything that a socket receives until the other side closes it. */
function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  return new Promise((resolve) =>
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1'))),
  );
}

const head = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

async function textOf(getting: ReturnType<typeof get>): Promise<string> {
  const [response] = await once(getting, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

it('one port answers http and https', async () => {
  const { port } = await start();
  const plain = await textOf(get({ host: '127.0.0.1', port }));
  const secure = await textOf(getTls({ host: '127.0.0.1', port, ca: certificates.caPem }));
  expect([plain, secure]).toEqual(['plain GET 0', 'tls GET 0']);
});

it('localhost answers on both of its addresses', async () => {
  const { port } = await start();
  for (const host of ['127.0.0.1', '::1']) {
    expect(await textOf(get({ host, port, headers: { host: `localhost:${port}` } }))).toBe('plain GET 0');
    expect(await textOf(getTls({ host, port, ca: certificates.caPem, servername: 'localhost' }))).toBe(
      'tls GET 0',
    );
  }
});

it('a first byte that arrives alone is classified, and no data is lost', async () => {
  const { port } = await start();
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const answer = received(socket);
  for (const byte of 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc') {
    socket.write(byte);
    await new Promise(setImmediate);
  }
  expect(await answer).toContain('plain POST 3');
});

it('a TLS hello that arrives byte by byte completes the handshake', async () => {
  const { port } = await start();
  const relay = createServer((inner) => {
    const outer = connect(port, '127.0.0.1').setNoDelay(true);
    outer.pipe(inner);
    inner.on('data', (chunk: Buffer) => {
      for (const byte of chunk) outer.write(Buffer.of(byte));
    });
    inner.on('error', () => undefined).on('close', () => outer.destroy());
    outer.on('error', () => undefined);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  const at = typeof address === 'object' && address ? address.port : 0;
  const agent = new TlsAgent({ keepAlive: false });
  expect(await textOf(getTls({ host: '127.0.0.1', port: at, ca: certificates.caPem, agent }))).toBe(
    'tls GET 0',
  );
  relay.close();
});

it.each(['plain', 'tls'])('%s connections are kept alive', async (protocol) => {
  const { port } = await start();
  const agent =
    protocol === 'tls'
      ? new TlsAgent({ keepAlive: true, maxSockets: 1 })
      : new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let round = 0; round < 3; round += 1) {
    const options = { host: '127.0.0.1', port, agent, ca: certificates.caPem };
    const getting = protocol === 'tls' ? getTls(options) : get(options);
    getting.once('socket', (socket) => {
      if (socket.localPort !== undefined) ports.add(socket.localPort);
      else socket.once('connect', () => ports.add(socket.localPort));
    });
    expect(await textOf(getting)).toBe(`${protocol} GET 0`);
  }
  agent.destroy();
  expect(ports.size).toBe(1);
});

it('a large body arrives complete over both protocols', async () => {
  const { port } = await start();
  const body = Buffer.alloc(3_000_000, 'x');
  const urls = [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`];
  for (const url of urls) {
    const posting = (url.startsWith('https') ? requestTls : requestPlain)(url, {
      method: 'POST',
      ca: certificates.caPem,
    } as object);
    posting.end(body);
    expect(await textOf(posting)).toContain('POST 3000000');
  }
});

/** A transport that listens without a handler, and the response to a request that has reached it. */
async function startUnready() {
  const { keyPem: key, certPem: cert } = certificates;
  const transport = await listenTransport({ host: '127.0.0.1', port: 0, tls: { key, cert } });
  open.push(transport);
  const answer = once(get({ host: '127.0.0.1', port: transport.port }), 'response');
  // It is handled after the first one, which has therefore been read.
  const later = connect(transport.port, '127.0.0.1', () => later.write('no request\r\n\r\n'));
  await once(later, 'data');
  later.destroy();
  return { transport, answer };
}

it('a request that arrives before serve is called waits for it', async () => {
  const { transport, answer } = await startUnready();
  transport.serve(echo);
  const [response] = await answer;
  response.resume();
  expect(response.statusCode).toBe(200);
});

it('a request that waits for a start that fails gets 503', async () => {
  const { transport, answer } = await startUnready();
  await transport.close();
  const [response] = await answer;
  response.resume();
  expect(response.statusCode).toBe(503);
});

it('a socket that sends nothing is closed after the timeout', async () => {
  const { port } = await start({ silenceMs: 150 });
  expect(await received(connect(port, '127.0.0.1'))).toBe('');
});

it('a TLS hello that stops halfway is closed after the timeout', async () => {
  const { port } = await start({ silenceMs: 150 });
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from('1603010200', 'hex'));
  await received(socket);
});

it('a request head that stops halfway gets 408 after the timeout over both protocols', async () => {
  const { port } = await start({ silenceMs: 200 });
  const plain = connect(port, '127.0.0.1');
  const secure = connectTls({ port, host: '127.0.0.1', ca: certificates.caPem });
  const answers = [received(plain), received(secure)];
  plain.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow:');
  secure.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow:');
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

it.each([
  ['garbage', '\x00\x01\x02\xff\r\n\r\n', 400],
  ['a line that is no request', 'hello\r\n\r\n', 400],
  ['a head beyond 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
])('%s gets an error response, and the port keeps working', async (_what, bytes, status) => {
  const { port } = await start();
  const socket = connect(port, '127.0.0.1');
  const answer = received(socket);
  socket.write(bytes, 'latin1');
  expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  const secure = connectTls({ port, host: '127.0.0.1', ca: certificates.caPem });
  const secureAnswer = received(secure);
  secure.write(bytes, 'latin1');
  // The refusal of an incomplete request head may close the connection before the response is read.
  expect(await secureAnswer).toMatch(
    new RegExp(status === 431 ? '^(HTTP/1\\.1 431 |$)' : `^HTTP/1\\.1 ${status} `),
  );
  expect(await textOf(get({ host: '127.0.0.1', port }))).toBe('plain GET 0');
});

it('the port keeps working after sockets reset or end at any stage', async () => {
  const { port } = await start({ silenceMs: 300 });
  const beginnings = [
    '',
    'G',
    'GET / HT',
    head(),
    '\x16',
    '\x16\x03\x01',
    '\x16\x03\x01\x00\x05hello',
    '\x16\xff',
  ];
  const endings = ['reset', 'end', 'destroy'] as const;
  const sockets = beginnings.flatMap((beginning) =>
    endings.map(async (ending) => {
      const socket = connect(port, '127.0.0.1');
      const closed = received(socket);
      await once(socket, 'connect');
      if (beginning !== '') socket.write(beginning, 'latin1');
      if (ending === 'end') socket.end();
      else if (ending === 'reset') socket.resetAndDestroy();
      else socket.destroy();
      await closed;
    }),
  );
  await Promise.all(sockets);
  expect(await textOf(get({ host: '127.0.0.1', port }))).toBe('plain GET 0');
  expect(await textOf(getTls({ host: '127.0.0.1', port, ca: certificates.caPem }))).toBe('tls GET 0');
});

it('close ends idle and silent connections at once and lets a pending response finish', async () => {
  const transport = await start({ graceMs: 5_000 });
  const { port } = transport;
  const answering = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  transport.serve((asking, response) => {
    if (asking.url !== '/slow') {
      response.end('done');
      return;
    }
    asked.resolve();
    void answering.promise.then(() => response.end('done'));
  });
  const silent = received(connect(port, '127.0.0.1'));
  const idle = [connect(port, '127.0.0.1'), connectTls({ port, host: '127.0.0.1', ca: certificates.caPem })];
  const idleEnds = idle.map(received);
  for (const socket of idle) {
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
  }
  const slow = connect(port, '127.0.0.1');
  const slowAnswer = received(slow);
  slow.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await asked.promise;
  const closed = transport.close();
  await Promise.all([silent, ...idleEnds]);
  const refused = connect(port, '127.0.0.1');
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  answering.resolve();
  expect(await slowAnswer).toMatch(/200 OK[^]*done/);
  await closed;
});

it('close does not wait for connections without requests or for disconnected clients', async () => {
  const transport = await start({ silenceMs: 60_000, graceMs: 60_000 });
  const at = { port: transport.port, host: '127.0.0.1', ca: certificates.caPem };
  const plain = connect(at);
  plain.write('GET / HT');
  const secure = connectTls(at);
  const ends = [received(plain), received(secure)];
  const left = connectTls(at);
  await Promise.all([once(secure, 'secureConnect'), once(left, 'secureConnect')]);
  left.destroy();
  await Promise.all([transport.close(), ...ends]);
});

it('close ends a response that exceeds the grace period', async () => {
  const transport = await start({ graceMs: 100 });
  const asked = Promise.withResolvers<void>();
  transport.serve(() => asked.resolve());
  const socket = connect(transport.port, '127.0.0.1');
  const answer = received(socket);
  socket.write(head());
  await asked.promise;
  await transport.close();
  expect(await answer).toBe('');
});

it('a port that is in use on either loopback address is refused', async () => {
  const blocker = createServer().listen(0, '::1');
  await once(blocker, 'listening');
  const address = blocker.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const free = createServer().listen(port, '127.0.0.1');
  await once(free, 'listening');
  free.close();
  blocker.close();
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { GatewayError } from '../../src/errors.ts';
import { Upload, type UploadOptions } from '../../src/proxy/upload.ts';

const none = (): void => {};
const pace = { firstMs: 200, bytesPerS: 1000, maxMs: 400 };

/** An upload of the first four of a hundred bytes, with a short timeout. */
async function startUpload(options: Partial<UploadOptions> = {}, onFirst = none): Promise<Upload> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const received = new Promise<[IncomingMessage, ServerResponse]>((resolve) => {
    server.once('request', (request, response) => resolve([request, response]));
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', none);
  socket.write('POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 100\r\n\r\nsome');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const [request, response] = await received;
  const upload = new Upload(request, response, onFirst, { maxBytes: 1000, pace, checkMs: 10, ...options });
  upload.receive();
  return upload;
}

const failureOf = (upload: Upload): Promise<GatewayError> =>
  new Promise((resolve) => {
    upload.once('error', (error) => resolve(error as GatewayError));
  });

it('a stalled body is 408', async () => {
  const upload = await startUpload();
  const failure = failureOf(upload);
  upload.resume();
  expect((await failure).code).toBe('request_timeout');
});

it('a stalled body is 408 before it is read, too', async () => {
  let firsts = 0;
  const upload = await startUpload({}, () => firsts++);
  expect((await failureOf(upload)).code).toBe('request_timeout');
  expect(firsts).toBe(1);
});

it('a body that the upstream does not read is its fault: 504', async () => {
  const server = createServer((request, response) => {
    const upload = new Upload(request, response, none, { maxBytes: 1e6, upstreamIdleMs: 200, checkMs: 10 });
    upload.on('error', (error) => response.end((error as GatewayError).code));
    upload.receive();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const body of ['whole', 'x'.repeat(500_000)]) {
    const answer = await fetch(url, { method: 'POST', body });
    expect(await answer.text()).toBe('upstream_timeout');
  }
});

it('an aborted body does not affect its connection', async () => {
  const server = createServer((request, response) => {
    const upload = new Upload(request, response, none, { maxBytes: 2 });
    upload.on('error', () => response.end('too large')).receive();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'abcdef' });
  expect(await answer.text()).toBe('too large');
  server.close();
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { GatewayError } from '../../src/errors.ts';
import { Upload } from '../../src/proxy/upload.ts';

/** An upload of the first four of a hundred bytes, whose patience is short. */
async function startUpload(): Promise<Upload> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const received = new Promise<[IncomingMessage, ServerResponse]>((resolve) => {
    server.once('request', (request, response) => resolve([request, response]));
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 100\r\n\r\nsome');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return new Upload(...(await received), { maxBytes: 1000, idleMs: 200 });
}

const failureOf = (upload: Upload): Promise<GatewayError> =>
  new Promise((resolve) => {
    upload.once('error', (error) => resolve(error as GatewayError));
  });

it('a body that stops coming is 408', async () => {
  const upload = await startUpload();
  const failure = failureOf(upload);
  upload.resume();
  expect((await failure).code).toBe('request_timeout');
});

it('a body that nobody takes is the fault of the upstream: 504', async () => {
  expect((await failureOf(await startUpload())).code).toBe('upstream_timeout');
});

it('a body that is given up leaves its connection alone', async () => {
  const server = createServer((request, response) => {
    const upload = new Upload(request, response, { maxBytes: 2, idleMs: 10_000 });
    upload.on('error', () => response.end('too large')).resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'abcdef' });
  expect(await answer.text()).toBe('too large');
  server.close();
});

import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Shell, startShell } from './control-harness.ts';

let shell: Shell;

beforeEach(async () => {
  shell = await startShell();
});
afterEach(() => shell.close());

const inject = (...faults: unknown[]) => shell.call('PUT', '/_tenant/faults', faults);
const left = async () => (await shell.call('GET', '/_tenant/faults')).body;
const token = () => shell.call('POST', '/oauth/token', { a: 1 });

it('a fault responds with its status, headers and body as many times as configured', async () => {
  await inject({
    method: 'post',
    path: '^/oauth/token$',
    status: 503,
    headers: { 'Retry-After': '7' },
    body: { error: 'down' },
    times: 2,
  });
  for (const remaining of [1, 0]) {
    const { status, headers, body } = await token();
    expect([status, headers.get('retry-after'), body]).toEqual([503, '7', { error: 'down' }]);
    expect((await left()).map(({ times }: { times: number }) => times)).toEqual(remaining ? [remaining] : []);
  }
  expect((await token()).body).toEqual({ served: true });
});

it('a text body goes out as text, and a header of the fault overrides the content type', async () => {
  await inject(
    { method: 'POST', path: 'token', status: 401, body: 'Unauthorized', times: 1 },
    {
      method: 'POST',
      path: 'token',
      status: 400,
      body: '<p>',
      headers: { 'content-type': 'text/html' },
      times: 1,
    },
    { method: 'POST', path: 'token', status: 204, times: 1 },
  );
  const answers = [await token(), await token(), await token()];
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [401, 'Unauthorized'],
    [400, '<p>'],
    [204, ''],
  ]);
  expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
    'text/plain; charset=utf-8',
    'text/html',
    null,
  ]);
});

it('parallel requests get exactly n faults', async () => {
  await inject(
    { method: '*', path: '/oauth', status: 500, times: 7 },
    { method: '*', path: '/oauth', status: 502, delay_ms: 30, times: 5 },
  );
  const answers = await Promise.all(Array.from({ length: 40 }, token));
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([count(500), count(502), count(200), shell.served()]).toEqual([7, 5, 28, 28]);
  expect(await left()).toEqual([]);
});

it('pipelined requests get exactly n faults', async () => {
  await inject({ method: 'GET', path: '/piped', status: 500, times: 3 });
  const head = `GET /piped HTTP/1.1\r\nHost: localhost:${shell.port}\r\n`;
  const answer = await shell.raw(`${`${head}\r\n`.repeat(9)}${head}Connection: close\r\n\r\n`);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(
    [500, 500, 500, ...Array(7).fill(200)].map((n) => `HTTP/1.1 ${n}`),
  );
});

it('a fault matches its method and path, and ignores the query', async () => {
  await inject({ method: 'GET', path: '^/userinfo$', status: 500, times: 9 });
  expect((await shell.call('POST', '/userinfo', {})).status).toBe(200);
  expect((await shell.call('GET', '/x?y=/userinfo')).status).toBe(200);
  expect((await shell.call('GET', '/userinfo?x=1')).status).toBe(500);
});

it('a delay alone passes the request on, later', async () => {
  await inject({ method: 'POST', path: '/oauth/token', delay_ms: 120, times: 1 });
  const started = performance.now();
  expect((await token()).body).toEqual({ served: true });
  expect(performance.now() - started).toBeGreaterThanOrEqual(115);
});

it('a client that leaves during a delay is not served', async () => {
  await inject({ method: 'POST', path: '/oauth/token', delay_ms: 150, times: 1 });
  const gone = fetch(`${shell.url}/oauth/token`, { method: 'POST', signal: AbortSignal.timeout(40) });
  await expect(gone).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(shell.served()).toBe(0);
});

it('a reset closes the connection without a response over both protocols', async () => {
  await inject({ method: '*', path: '/oauth', reset: true, times: 2 });
  const head = `POST /oauth/token HTTP/1.1\r\nHost: localhost:${shell.port}\r\nContent-Length: 0\r\n\r\n`;
  expect(await shell.raw(head)).toBe('');
  const socket = connectTls({ port: shell.port, host: '127.0.0.1', ca: shell.caPem });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(head);
  await new Promise((resolve) => socket.once('close', resolve));
  expect(text).toBe('');
  expect((await token()).status).toBe(200);
});

it('PUT replaces the list, and [] clears it', async () => {
  await inject(
    { method: 'POST', path: 'a', status: 500, times: 1 },
    { method: 'POST', path: 'b', status: 500, times: 1 },
  );
  const { body } = await inject({ method: 'post', path: '/oauth', status: 418, times: 3 });
  expect(body).toEqual([{ method: 'POST', path: '/oauth', status: 418, times: 3 }]);
  expect(await left()).toEqual(body);
  expect((await inject()).body).toEqual([]);
  expect((await token()).status).toBe(200);
});

it('faults never apply to the control API, however its path is written', async () => {
  await inject({ method: '*', path: '', status: 500, times: 1000 });
  for (const path of ['/_tenant/faults', '/_tenant/clock', '/_TENANT/clock', '/_tenant/nothing']) {
    expect((await shell.call('GET', path)).status).not.toBe(500);
  }
  const absolute = `GET http://localhost:${shell.port}/_tenant/clock HTTP/1.1\r\nHost: localhost:${shell.port}\r\nConnection: close\r\n\r\n`;
  expect(await shell.raw(absolute)).toMatch(/^HTTP\/1\.1 200 /);
  expect((await left())[0].times).toBe(1000);
  expect((await inject()).status).toBe(200);
});

const fine = { method: 'POST', path: '/oauth/token', status: 500, times: 1 };
it.each([
  ['no list', {}],
  ['no method', [{ ...fine, method: undefined }]],
  ['a strange method', [{ ...fine, method: 'GET POST' }]],
  ['a broken expression', [{ ...fine, path: '(' }]],
  ['a long expression', [{ ...fine, path: 'a'.repeat(201) }]],
  ['an informational status', [{ ...fine, status: 101 }]],
  ['a status of text', [{ ...fine, status: '500' }]],
  ['no effect', [{ method: 'POST', path: '/', times: 1 }]],
  ['a reset that answers', [{ ...fine, reset: true }]],
  ['a body without a status', [{ method: 'POST', path: '/', delay_ms: 1, body: 'x', times: 1 }]],
  ['never', [{ ...fine, times: 0 }]],
  ['half a time', [{ ...fine, times: 1.5 }]],
  ['a long delay', [{ ...fine, delay_ms: 60_001 }]],
  ['a header with a line break', [{ ...fine, headers: { a: 'b\r\nc: d' } }]],
  ['a header name with a space', [{ ...fine, headers: { 'a b': 'c' } }]],
  ['framing', [{ ...fine, headers: { 'Content-Length': '5' } }]],
  ['an unknown member', [{ ...fine, extra: 1 }]],
  ['too many', Array.from({ length: 101 }, () => fine)],
])('%s is refused, and the list stays as it was', async (_what, body) => {
  await inject({ ...fine, path: '/kept' });
  const answer = await shell.call('PUT', '/_tenant/faults', body);
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual({ error: 'invalid_request', message: expect.any(String) });
  expect(await left()).toEqual([{ ...fine, path: '/kept' }]);
});

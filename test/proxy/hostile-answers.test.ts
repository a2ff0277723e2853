import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
let bytes = '';
/** Enough valid responses between the invalid ones to keep the breaker closed. */
const good = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  upstream.answer = (request) => void request.socket.end(Buffer.from(bytes, 'latin1'));
  // Reads the remaining data, so that the socket can close.
  upstream.server.on('upgrade', (_request, socket) => socket.resume().end(Buffer.from(bytes, 'latin1')));
  const row = { methods: ['GET'], upstream: upstream.url, guard: 'public' };
  world = await startProxyWorld([{ ...row, path: '/*', websocket: true }]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});

/** The result of a response, and of a valid one after it on the same connection. */
async function answerWith(answer: string): Promise<string> {
  for (let i = 0; i < 3; i++) {
    bytes = good;
    await fetch(`${world.url}/good`);
  }
  bytes = answer;
  return sendRaw(world.port, 'GET /x HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n', 30_000);
}

const ok = 'HTTP/1.1 200 OK\r\n';
const statuses = (text: string) => text.match(/HTTP\/1\.1 \d{3}/g);

describe('a response with an ambiguous length', () => {
  it.each([
    [
      'has both lengths',
      `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    ],
    ['has two lengths', `${ok}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc`],
    ['has one length twice', `${ok}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
    ['has a list of lengths', `${ok}Content-Length: 3, 3\r\n\r\nabc`],
    ['folds a header', `${ok}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
    ['ends its lines with LF alone', `${ok.trim()}\nContent-Length: 0\n\n`],
    ['has a CR in a header', `${ok}X-A: b\rX-B: c\r\nContent-Length: 0\r\n\r\n`],
    ['has a NUL in a header', `${ok}X-A: b\0\r\nContent-Length: 0\r\n\r\n`],
    ['has a space before a colon', `${ok}Content-Length : 0\r\n\r\n`],
    ['has a header without a name', `${ok}: x\r\nContent-Length: 0\r\n\r\n`],
    ['is compressed for this hop alone', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
    ['is compressed for this hop, to its end', `${ok}Transfer-Encoding: gzip\r\n\r\nok`],
    ['has more headers than fit', `${ok}X-A: ${'a'.repeat(200_000)}\r\nContent-Length: 0\r\n\r\n`],
    ['changes the protocol unasked', 'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['has no status that there is', 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'],
    ['is no HTTP', '<html>hi'],
  ])('%s: 502 without details of the upstream', async (_what, answer) => {
    const text = await answerWith(answer);
    expect(statuses(text)).toEqual(['HTTP/1.1 502']);
    expect(text).not.toContain(new URL(upstream.url).port);
  });

  it('is cut if its body is invalid', async () => {
    const text = await answerWith(`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nZZ\r\n`);
    expect(text).not.toContain('0\r\n\r\n');
  });
});

describe('bytes of an upstream', () => {
  it('after the end of its response are ignored', async () => {
    const text = await answerWith(`${ok}Content-Length: 2\r\n\r\nok${ok}Content-Length: 4\r\n\r\nevil`);
    expect(statuses(text)).toEqual(['HTTP/1.1 200']);
    expect(text).not.toContain('evil');
  });

  it.each(['Content-Length: 4\r\n\r\nevil', 'Transfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n'])(
    'after a response without a body (204) are ignored: %j',
    async (rest) => {
      const text = await answerWith(`HTTP/1.1 204 No Content\r\n${rest}`);
      expect(statuses(text)).toEqual(['HTTP/1.1 204']);
      expect(text).not.toMatch(/evil|content-length|transfer-encoding/i);
    },
  );

  it('in a header are forwarded unchanged, without ending a line', async () => {
    const text = await answerWith(
      `${ok}X-A: \xc4\x8d\xc4\x8aSet-Cookie: gatehouse=1\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(Buffer.from(text).toString()).toContain('x-a: ');
    expect(text).not.toMatch(/^set-cookie/im);
  });
});

it('interim responses are not forwarded to the caller', async () => {
  const text = await answerWith(`${'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(2000)}${good}`);
  expect(statuses(text)).toEqual(['HTTP/1.1 200']);
});

it('a security header that Connection names is still sent', async () => {
  const named = 'X-Content-Type-Options: nosniff\r\nConnection: close, x-content-type-options\r\n';
  const text = await answerWith(`${ok}${named}Content-Length: 0\r\n\r\n`);
  expect(text.match(/^x-content-type-options: nosniff/gim)).toHaveLength(1);
});

describe('bytes after a handshake', () => {
  const handshake =
    'GET /x HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: gw\r\n\r\n';

  it.each([
    ['that is refused are no request', 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n', '403'],
    [
      'whose answer has both lengths are no request',
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n',
      '502',
    ],
    [
      'that is taken are those of the socket',
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-A: \xc4\x8d\xc4\x8aSet-Cookie: x=1\r\n\r\n',
      '101',
    ],
  ])('%s', async (_what, answer, status) => {
    upstream.seen.length = 0;
    bytes = answer;
    const text = await sendRaw(world.port, handshake, 30_000);
    expect(statuses(text)).toEqual([`HTTP/1.1 ${status}`]);
    expect(text).not.toMatch(/^set-cookie/im);
    expect(upstream.seen).toEqual([]);
  });
});

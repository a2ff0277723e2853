import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const raw = (bytes: string) => sendRawRequest(world.gateway.port, bytes, 10_000);

/** The upgrade headers that the HTTP client of every JDK sends until it has learned the protocol. */
const h2c =
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n';
const next = 'GET /healthz HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n';
const post = (path: string, upgrade: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: gw\r\n${upgrade}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const wrongPassword = '{"email":"nobody@example.com","password":"wrong"}';

/** Sends requests one after another on one connection; the response bodies are short. */
async function sendInTurn(requests: readonly string[]): Promise<string[]> {
  const socket = connect(world.gateway.port, '127.0.0.1');
  const statuses: string[] = [];
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  for (const bytes of requests) {
    received = '';
    socket.write(bytes);
    await eventually(() => received).toMatch(/^HTTP\/1\.1 \d{3}[^]*\r\n\r\n(?:[^]*\}$|$)/);
    statuses.push(received.slice(9, 12));
  }
  socket.destroy();
  return statuses;
}

describe('an upgrade that is not accepted', () => {
  const offers: [string, string][] = [
    ['h2c', h2c],
    ['TLS', 'Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n'],
    ['anything', 'Connection: upgrade\r\nUpgrade: gopher, websocket/13\r\n'],
  ];

  it.each(offers)(
    'to %s is ignored on every URL and method, and the connection stays open',
    async (_to, upgrade) => {
      const calls: [string, string][] = [
        [`GET /healthz HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '200'],
        [`GET /v1/auth/session HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '200'],
        [`GET /api/location/geocode?q=Oslo HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '401'],
        [`GET /nowhere HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '404'],
        [`OPTIONS /healthz HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '204'],
        [`DELETE /v1/auth/sessions HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '401'],
        [post('/v1/auth/signin', upgrade, wrongPassword), '401'],
        [`GET /healthz HTTP/1.1\r\nHost: gw\r\n${upgrade}\r\n`, '200'],
      ];
      expect(await sendInTurn(calls.map(([bytes]) => bytes))).toEqual(calls.map(([, status]) => status));
    },
  );

  it('leaves the body unchanged, chunked or not', async () => {
    const last = h2c.replace('Upgrade', 'Upgrade, close');
    const [answer] = await raw(
      `POST /v1/auth/signin HTTP/1.1\r\nHost: gw\r\n${last}Content-Type: application/json\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n${wrongPassword.length.toString(16)}\r\n${wrongPassword}\r\n0\r\n\r\n`,
    );
    expect(answer?.body).toContain('invalid_credentials');
    const [other] = await raw(post('/v1/auth/signin', last, wrongPassword));
    expect(other?.body).toContain('invalid_credentials');
  });

  // Node's parser drops further requests of the same packet: the connection ends, so that a client does not wait for
  // their responses.
  it.each([
    ['without a body', `GET /healthz HTTP/1.1\r\nHost: gw\r\n${h2c}\r\n`],
    ['with a body', post('/v1/auth/signin', h2c, wrongPassword)],
    ['with headers in an unusual form', `GET /healthz HTTP/1.1\r\nHost:gw\r\n${h2c}\r\n`],
  ])(
    '%s: the connection ends after the response if more was sent in the same packet',
    async (_what, bytes) => {
      const [answer, ...others] = await raw(bytes + next);
      expect(answer?.head).toMatch(/^connection: close/im);
      expect(others).toEqual([]);
    },
  );
});

describe('an HTTP version other than 1.0 and 1.1', () => {
  it.each(['0.9', '2.0', '1.2', '3.0', '0.0', '9.9'])(
    '%s is 505, and the connection ends',
    async (version) => {
      const answers = await raw(`GET /healthz HTTP/${version}\r\nHost: gw\r\n\r\n${next}`);
      expect(answers.map(({ status }) => status)).toEqual([505]);
      expect(answers[0]?.head).toMatch(/^connection: close/im);
      expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({ code: 'http_version_not_supported' });
    },
  );

  it.each([
    ['a request line without a version', 'GET /healthz\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'a WebSocket handshake of HTTP/2.0',
      'GET / HTTP/2.0\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['a sign-in of HTTP/2.0', post('/v1/auth/signin', '', wrongPassword).replace('HTTP/1.1', 'HTTP/2.0')],
  ])('%s is 505', async (_what, bytes) => {
    expect((await raw(bytes)).map(({ status }) => status)).toEqual([505]);
  });

  it.each(['HTTP/1', 'HTTP/1.1 ', 'HTTP/11.1', 'http/1.1', 'HTTQ/1.1'])(
    '%j is no version: 400',
    async (text) => {
      expect((await raw(`GET /healthz ${text}\r\nHost: gw\r\n\r\n`)).map(({ status }) => status)).toEqual([
        400,
      ]);
    },
  );

  it('has its page in the list of problems', async () => {
    const answer = await fetch(`${world.url}/problems/http_version_not_supported`);
    expect(answer.status).toBe(200);
  });
});

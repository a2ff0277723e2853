import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../src/lib/clock.ts';
import { readCertificates } from '../src/transport/certificates.ts';
import { createHostGuard } from '../src/transport/host-guard.ts';
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

async function start(allowRemote = false): Promise<number> {
  const { keyPem: key, certPem: cert } = certificates;
  const transport = await listenTransport({ host: '127.0.0.1', port: 0, tls: { key, cert } });
  open.push(transport);
  const { port } = transport;
  const guard = createHostGuard({
    port,
    domain: 'localhost',
    controlToken: allowRemote ? 'a-token' : undefined,
  });
  transport.serve((request, response) => guard(request, response, () => response.end('inside')));
  return transport.port;
}

async function ask(port: number, head: string, protocol: 'plain' | 'tls' = 'plain'): Promise<string> {
  const socket =
    protocol === 'tls'
      ? connectTls({ port, host: '127.0.0.1', ca: certificates.caPem })
      : connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.write(`${head}Connection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

it('loopback names with the port are accepted over both protocols', async () => {
  const port = await start();
  for (const name of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
    for (const protocol of ['plain', 'tls'] as const) {
      expect(await ask(port, `GET / HTTP/1.1\r\nHost: ${name}:${port}\r\n`, protocol)).toContain('inside');
    }
  }
});

it.each([
  ['a foreign name', 'evil.example:PORT'],
  ['a name that ends in localhost', 'evil.localhost:PORT'],
  ['a name that begins with localhost', 'localhost.evil.example:PORT'],
  ['a dot at the end', 'localhost.:PORT'],
  ['no port', 'localhost'],
  ['another port', 'localhost:1'],
  ['another spelling of 127.0.0.1', '127.1:PORT'],
  ['an address that is everywhere', '0.0.0.0:PORT'],
  ['user information', 'localhost:PORT@evil.example'],
  ['IPv6 without brackets', '::1:PORT'],
])('%s in Host is refused with an explanation', async (_what, host) => {
  const port = await start();
  const answer = await ask(port, `GET / HTTP/1.1\r\nHost: ${host.replace('PORT', String(port))}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).toContain('text/plain');
  expect(answer).toContain(`localhost, 127.0.0.1, [::1] with port ${port}`);
  expect(answer).not.toContain('inside');
});

it.each([
  ['a missing Host of HTTP/1.0', 'GET / HTTP/1.0\r\n'],
  ['a missing Host of HTTP/1.1', 'GET / HTTP/1.1\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example\r\n'],
  ['two equal Hosts', 'GET / HTTP/1.1\r\nHost: localhost:PORT\r\nhost: localhost:PORT\r\n'],
  ['a target for another authority', 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost:PORT\r\n'],
  ['a target with user information', 'GET http://x@localhost:PORT/ HTTP/1.1\r\nHost: localhost:PORT\r\n'],
])('%s is refused, for remote tenants too', async (_what, head) => {
  for (const allowRemote of [false, true]) {
    const port = await start(allowRemote);
    const answer = await ask(port, head.replaceAll('PORT', String(port)));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toContain('inside');
  }
});

it('an absolute target that matches Host is accepted', async () => {
  const port = await start();
  const head = `GET http://localhost:${port}/ HTTP/1.1\r\nHost: localhost:${port}\r\n`;
  expect(await ask(port, head)).toContain('inside');
});

it('allowRemote accepts other names', async () => {
  const port = await start(true);
  expect(await ask(port, 'GET / HTTP/1.1\r\nHost: tenant.demo.example\r\n')).toContain('inside');
});

import { expect, it } from 'vitest';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { sendRawRequest } from '../support/raw-http.ts';

/** The client address for these headers, and the logged warnings. */
async function judge(trust: string | undefined, requests: readonly (readonly string[])[]) {
  const under = await startLonelyGateway(trust === undefined ? {} : { TRUST_PROXY: trust });
  try {
    for (const headers of requests)
      await sendRawRequest(
        under.gateway.port,
        ['GET /problems HTTP/1.1', 'Host: gw', 'Connection: close', ...headers, '', ''].join('\r\n'),
      );
    const addresses = under.lines.filter(({ msg }) => msg === 'request').map(({ ip }) => ip);
    const warnings = under.lines.filter(({ level, peer }) => level === 'warn' && peer !== undefined);
    return { addresses, warnings: warnings.map(({ msg, peer }) => `${String(peer)}: ${msg}`) };
  } finally {
    await under.close();
  }
}

const spellings: readonly (readonly [header: string, address: string])[] = [
  ['X-Forwarded-For: 203.0.113.7', '203.0.113.7'],
  ['X-Forwarded-For: 203.0.113.7:51234', '203.0.113.7'],
  ['X-Forwarded-For: "203.0.113.7:51234"', '203.0.113.7'],
  ['X-Forwarded-For: "203.0.113.\\7"', '203.0.113.7'],
  ['X-Forwarded-For: 203.0.113.7:_port.1', '203.0.113.7'],
  ['X-Forwarded-For: 2001:db8::7', '2001:db8::7'],
  ['X-Forwarded-For: 2001:DB8:0:0::7', '2001:db8::7'],
  ['X-Forwarded-For: [2001:db8::7]', '2001:db8::7'],
  ['X-Forwarded-For: [2001:db8::7]:443', '2001:db8::7'],
  ['X-Forwarded-For: "[2001:db8::7]:443"', '2001:db8::7'],
  ['X-Forwarded-For: ::ffff:203.0.113.7', '203.0.113.7'],
  ['X-Forwarded-For: [::ffff:cb00:7107]:443', '203.0.113.7'],
  ['X-Forwarded-For:  198.51.100.1 , 203.0.113.7:1 ', '203.0.113.7'],
  ['X-Forwarded-For: 203.0.113.7, 127.0.0.1:8080,', '203.0.113.7'],
  ['X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.7', '203.0.113.7'],
  ['X-Forwarded-For: " , 203.0.113.7', '203.0.113.7'],
  ['Forwarded: for=203.0.113.7', '203.0.113.7'],
  ['Forwarded: proto=https;For="203.0.113.7:51234";by=10.0.0.1', '203.0.113.7'],
  ['Forwarded: for=198.51.100.1, for="[2001:db8::7]:4711"; proto=https', '2001:db8::7'],
  ['Forwarded: for=203.0.113.7, for=127.0.0.1', '203.0.113.7'],
  ['Forwarded: for=", for=203.0.113.7', '203.0.113.7'],
  // Proxies set X-Forwarded-For, so Forwarded of a caller is ignored.
  ['Forwarded: for=198.51.100.1\r\nX-Forwarded-For: 203.0.113.7', '203.0.113.7'],
];

it('every valid notation of an address counts as that address', async () => {
  const { addresses, warnings } = await judge(
    '127.0.0.1',
    spellings.map(([header]) => [header]),
  );
  expect(addresses).toEqual(spellings.map(([, address]) => address));
  expect(warnings).toEqual([]);
});

const unreadable = [
  'X-Forwarded-For: unknown',
  'X-Forwarded-For: _hidden',
  'X-Forwarded-For: 203.0.113.7:port',
  'X-Forwarded-For: 203.0.113.7:123456',
  'X-Forwarded-For: 203.0.113',
  'X-Forwarded-For: 203.0.113.007',
  'X-Forwarded-For: 0xcb007107',
  'X-Forwarded-For: [2001:db8::7',
  'X-Forwarded-For: [fe80::1%eth0]',
  'X-Forwarded-For: fe80::1%eth0',
  'X-Forwarded-For: 203.0.113.7 198.51.100.1',
  'Forwarded: proto=https',
  'Forwarded: for=203.0.113.7;for=198.51.100.1',
  'Forwarded: for=unknown',
];

it('an invalid address counts as that of the proxy that sent it, and is logged once', async () => {
  const behindTwo = unreadable.map((header) =>
    header.startsWith('X') ? `${header}, 10.1.2.3:80` : `${header}, for="10.1.2.3:80"`,
  );
  const { addresses, warnings } = await judge(
    '127.0.0.1,10.0.0.0/8',
    [...unreadable, ...behindTwo].map((header) => [header]),
  );
  expect(addresses).toEqual([...unreadable.map(() => '127.0.0.1'), ...behindTwo.map(() => '10.1.2.3')]);
  expect(warnings).toEqual([expect.stringMatching(/^127\.0\.0\.1: X-Forwarded-For names no address/)]);
});

it.each([undefined, 'none', '10.0.0.0/8'])(
  'with TRUST_PROXY=%s a forwarded address from this peer is ignored, and warned of once',
  async (trust) => {
    const { addresses, warnings } = await judge(trust, [
      [],
      ['X-Forwarded-For: 203.0.113.7'],
      ['Forwarded: for=203.0.113.7'],
      ['X-Forwarded-For: nonsense'],
    ]);
    expect(addresses).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(warnings).toEqual([
      expect.stringMatching(/^127\.0\.0\.1: X-Forwarded-For is ignored.*TRUST_PROXY/),
    ]);
  },
);

it('a number of proxies is counted from the right, regardless of entries by the caller on the left', async () => {
  const { addresses } = await judge('2', [
    ['X-Forwarded-For: 203.0.113.7'],
    ['X-Forwarded-For: 203.0.113.7:1, [2001:db8::1]:2'],
    ['X-Forwarded-For: 198.51.100.1, 203.0.113.7:1, 10.0.0.1'],
    [`X-Forwarded-For: ${'198.51.100.1,'.repeat(500)} 203.0.113.7, 10.0.0.1`],
  ]);
  expect(addresses).toEqual(['203.0.113.7', '203.0.113.7', '203.0.113.7', '203.0.113.7']);
});

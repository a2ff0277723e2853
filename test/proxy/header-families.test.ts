import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET'], upstream: upstream.url, guard: 'public' };
  world = await startProxyWorld(
    [
      { ...common, path: '/plain' },
      {
        ...common,
        path: '/passing',
        pass_headers: ['X-HTTP-Method-Override', 'x-remote-user', 'Early-Data', 'Clear-Site-Data', 'refresh'],
      },
      { ...common, path: '/framed', framing: 'upstream' },
    ],
    { PUBLIC_URL: 'https://gateway.example.com', ALLOWED_ORIGINS: 'https://app.example.com' },
  );
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

/** The headers that reach the upstream for a request with these header lines. */
async function arrivedWith(path: string, lines: readonly string[]): Promise<string[]> {
  const [answer] = await sendRawRequest(
    world.port,
    `GET ${path} HTTP/1.1\r\nHost: gw\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    10_000,
  );
  expect(answer?.status).toBe(200);
  const { rawHeaders } = upstream.last();
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
}

const dropped = [
  // Addresses.
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Client-Cert',
  'X-Real-IP',
  'X-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Connecting-IPv6',
  'X-Cluster-Client-IP',
  'Fastly-Client-IP',
  'X-Originating-IP',
  'X-Original-Forwarded-For',
  'X-Original-Host',
  'Client-IP',
  'X-Envoy-External-Address',
  'X-Azure-ClientIP',
  'WL-Proxy-Client-IP',
  // People.
  'X-User-Id',
  'X-User-Scopes',
  'X-User-Email',
  'X-Client-Id',
  'Remote-User',
  'Remote-Groups',
  'X-Remote-User',
  'X-Remote-Group',
  'X-WEBAUTH-USER',
  'X-WEBAUTH-ROLES',
  'X-Auth-Request-User',
  'X-Auth-Request-Access-Token',
  'X-Authenticated-User',
  'X-Authenticated-Groups',
  'X-authentik-username',
  'X-SSL-Client-Verify',
  'X-SSL-Cert',
  'SSL-Client-Cert',
  'SSL-Client-S-DN',
  'X-Amzn-Oidc-Data',
  'X-Amzn-Oidc-Identity',
  'X-MS-CLIENT-PRINCIPAL',
  'X-MS-CLIENT-PRINCIPAL-NAME',
  'X-Goog-Authenticated-User-Email',
  'Tailscale-User-Login',
  'Cf-Access-Authenticated-User-Email',
  // Headers that rewrite the request after its check.
  'Proxy',
  'X-HTTP-Method',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'X-Original-URL',
  'X-Original-URI',
  'X-Rewrite-URL',
  'X-Middleware-Subrequest',
  'X-Middleware-Subrequest-Id',
  'Early-Data',
  // Hop-by-hop headers.
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
  'Keep-Alive',
];

/** A spelling of a name that an upstream could accept as the same. */
const spellings: [string, (name: string) => string][] = [
  ['as it is', (name) => name],
  ['in capitals', (name) => name.toUpperCase()],
  ['with underscores', (name) => name.replaceAll('-', '_').toLowerCase()],
  ['with an underscore at its end', (name) => name.replace(/-([^-]*)$/, '_$1')],
  ['with dots', (name) => name.replaceAll('-', '.')],
];

describe('a header that upstream software trusts', () => {
  it.each(spellings)('is never forwarded from a caller: %s', async (_how, spell) => {
    const lines = dropped.map((name) => `${spell(name)}: forged-${name.length}`);
    expect((await arrivedWith('/plain', lines)).filter((line) => line.includes('forged'))).toEqual([]);
  });

  it('is forwarded if the row lists it, with the listed spelling', async () => {
    const passed = ['X-Http-Method-Override: a', 'X-REMOTE-USER: b', 'Early-Data: 1'];
    const lines = [
      ...passed,
      'X_Remote_User: forged',
      'X-Remote-Group: forged',
      'X_HTTP_Method_Override: forged',
    ];
    const arrived = await arrivedWith('/passing', lines);
    expect(arrived).toEqual(expect.arrayContaining(passed));
    expect(arrived.filter((line) => line.includes('forged'))).toEqual([]);
  });

  it('does not include every header with the same prefix', async () => {
    const lines = [
      'X-Remote: 1',
      'X-Userland: 2',
      'Proxied: 3',
      'X-SSLX: 4',
      'X-Clients-Id: 5',
      'Remotely: 6',
    ];
    expect(await arrivedWith('/plain', lines)).toEqual(expect.arrayContaining(lines));
  });
});

/** The response headers for an upstream response with these header lines. */
async function answeredWith(path: string, lines: readonly string[], init?: RequestInit): Promise<Headers> {
  upstream.answer = (request) => {
    const head = ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 0', 'Connection: close'];
    request.socket.end(`${head.join('\r\n')}\r\n\r\n`);
  };
  return (await fetch(world.url + path, init)).headers;
}

describe('an answer', () => {
  it('has the gateway’s transport security, sniffing and framing headers once each, whatever the upstream sends', async () => {
    const headers = await answeredWith('/plain', [
      'Strict-Transport-Security: max-age=0',
      'X-Content-Type-Options: sniff',
      'X-Frame-Options: ALLOWALL',
      'Referrer-Policy: origin',
    ]);
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000(?:; includeSubDomains)?$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('origin');
  });

  it('has the framing policy of the upstream if the row allows it, and otherwise forbids framing', async () => {
    const framing = async (lines: string[]) => (await answeredWith('/framed', lines)).get('x-frame-options');
    expect(await framing(['X-Frame-Options: SAMEORIGIN'])).toBe('SAMEORIGIN');
    expect(await framing([])).toBe('DENY');
    const headers = await answeredWith('/framed', ['Strict-Transport-Security: max-age=0']);
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
  });

  const far = ['Clear-Site-Data: "*"', 'Service-Worker-Allowed: /', 'Refresh: 0; url=https://evil.example'];

  it('cannot clear site data, widen a service worker or refresh to another URL', async () => {
    const headers = await answeredWith('/plain', far);
    for (const name of ['clear-site-data', 'service-worker-allowed', 'refresh'])
      expect(headers.has(name), name).toBe(false);
  });

  it('can do so if the row passes the header', async () => {
    const headers = await answeredWith('/passing', far);
    expect(headers.get('clear-site-data')).toBe('"*"');
    expect(headers.get('refresh')).toContain('evil.example');
    expect(headers.has('service-worker-allowed')).toBe(false);
  });
});

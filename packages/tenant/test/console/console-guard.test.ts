import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { navigate } from '../../../../test/support/navigate.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { type OpenTenant, startTenant } from '../../src/tenant.ts';
import { createBrowser } from '../support/browser.ts';
import { startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, pagePaths, userPath } from './console-seed.ts';
import { formOf } from './press.ts';

const everything = [...pagePaths, userPath('ann-id'), '/console/applications/shop'];
const files = ['/console/tenant-export.json', '/console/style.css', '/console/live.js'];

describe('the console', () => {
  let t: TestTenant;

  beforeAll(async () => {
    t = await startTestTenant('memory', consoleSeed);
  });
  afterEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  /** The request of a browser on the console that moves the clock by an hour. */
  async function ownForm() {
    const browser = createBrowser();
    const form = formOf(await browser.get(`${t.tenant.origin}/`), 'forward', { count: '3600' });
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { fields: form.fields, headers: { origin: t.tenant.origin, cookie } };
  }

  async function send(fields: Record<string, string>, headers: Record<string, string>, path = '/') {
    const answer = await t.post(path, new URLSearchParams(fields), headers);
    return { status: String(answer.status), text: answer.text };
  }

  it('accepts a form of its own page', async () => {
    const { fields, headers } = await ownForm();
    expect((await send(fields, { ...headers, 'sec-fetch-site': 'same-origin' })).status).toBe('303');
    expect(t.clock.offsetS).toBe(3600);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['of a foreign Origin', { origin: 'https://evil.example' }],
    ['of no Origin', { origin: undefined }],
    ['of an opaque Origin', { origin: 'null' }],
    ['of another port of localhost', { origin: 'http://localhost:1' }],
    ['of the other scheme', { origin: 'https' }],
    ['that another site has sent', { 'sec-fetch-site': 'cross-site' }],
    ['that another port has sent', { 'sec-fetch-site': 'same-site' }],
    ['without its cookie', { cookie: undefined }],
    ['with a cookie of another browser', { cookie: 'tenant_console=0123456789' }],
    ['with two cookies', { cookie: 'tenant_console=a; tenant_console=b' }],
    ['as JSON', { 'content-type': 'application/json' }],
    ['as text', { 'content-type': 'text/plain' }],
    ['as multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('refuses a form %s, and changes nothing', async (_what, change) => {
    const { fields, headers } = await ownForm();
    const other = change['origin'] === 'https' ? { origin: t.tenant.issuer.slice(0, -1) } : change;
    const sent = Object.entries({ ...headers, ...other }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const { status, text } = await send(fields, Object.fromEntries(sent));
    expect(['403', '415']).toContain(status);
    expect(t.clock.offsetS).toBe(0);
    if (other['origin'] !== undefined) expect(text).not.toContain('name="token"');
  });

  it.each([
    ['no token', { token: '' }],
    ['another token', { token: 'A'.repeat(43) }],
    ['a longer token', { token: 'A'.repeat(100) }],
  ])('refuses a form with %s, and reports that nothing has changed', async (_what, change) => {
    const { fields, headers } = await ownForm();
    const { status, text } = await send({ ...fields, ...change }, headers);
    expect(status).toBe('403');
    expect(text).toContain('Nothing has changed');
    expect(t.clock.offsetS).toBe(0);
  });

  it('refuses a token that was issued to another browser', async () => {
    const [one, other] = [await ownForm(), await ownForm()];
    const { status } = await send(one.fields, other.headers);
    expect([status, t.clock.offsetS]).toEqual(['403', 0]);
  });

  it('refuses an unknown action', async () => {
    const { fields, headers } = await ownForm();
    for (const action of ['nothing', 'toString', '__proto__', ''])
      expect((await send({ ...fields, action }, headers)).status).toBe('400');
    const { token = '' } = fields;
    expect((await send({ token, action: 'x' }, headers, '/console/log')).status).toBe('405');
  });

  it('shows nothing to another site, nor to a page of another port', async () => {
    for (const path of [...everything, ...files, '/console/nothing', '/console/%2e%2e/console/users'])
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
      ]) {
        const answer = await t.get(path, headers);
        expect(answer.status, path).toBe(403);
        expect(answer.text).not.toContain('<');
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
  });

  it('accepts a link on a page of another port to the overview only', async () => {
    const followed = {
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    // `fetch` cannot send the Fetch Metadata headers of a navigation.
    const follow = async (path: string, change: Record<string, string> = {}) =>
      (await navigate(t.tenant.origin, path, { ...followed, ...change })).status;
    expect(await follow('/')).toBe(200);
    for (const path of [...everything, ...files].filter((each) => each !== '/'))
      expect(await follow(path), path).toBe(403);
    for (const change of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { origin: 'http://localhost:1' },
    ])
      expect(await follow('/', change)).toBe(403);
  });

  it('shows a page by direct navigation, with a CSP without foreign scripts and with no-store', async () => {
    for (const path of everything) {
      const { status, headers, text } = await t.get(path, { 'sec-fetch-site': 'none' });
      expect(status, path).toBe(200);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('strict-origin');
      expect(headers.get('set-cookie')).toMatch(
        /^tenant_console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      expect(text.match(/<script/g)).toHaveLength(1);
      expect(text).toMatch(/<script src="\/console\/live\.js\?v=[\w-]+" defer><\/script>/);
      // Attribute values are removed, because they may contain any text.
      expect(text.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(?:on\w+|style)=/);
    }
  });

  it('answers other methods with Allow', async () => {
    for (const path of ['/', '/console/log']) {
      const answer = await fetch(`${t.tenant.origin}${path}`, { method: 'DELETE' });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe(path === '/' ? 'GET, HEAD, POST' : 'GET, HEAD');
    }
  });
});

describe('the console of a tenant for a demo network', () => {
  let tenant: OpenTenant;
  let port: number;

  beforeAll(async () => {
    tenant = await startTenant({
      clock: createTravelClock(),
      host: '127.0.0.1',
      port: 0,
      dataFile: ':memory:',
      allowRemote: true,
      warn: () => undefined,
    });
    port = Number(new URL(tenant.origin).port);
  });
  afterAll(() => tenant.close());

  /** The status of a GET with any Host; `fetch` always sends the host that it connects to. */
  async function statusOf(host: string, path: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return Buffer.concat(await socket.toArray())
      .toString()
      .slice(9, 12);
  }

  it('accepts only loopback, while the control API accepts the network', async () => {
    for (const host of ['tenant:4400', '192.168.1.7:4400', 'evil.example']) {
      for (const path of ['/', '/console/users', '/console/tenant-export.json'])
        expect(await statusOf(host, path)).toBe('403');
    }
    expect(await statusOf('tenant:4400', '/_tenant/clock')).toBe('200');
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`])
      expect(await statusOf(host, '/')).toBe('200');
  });
});

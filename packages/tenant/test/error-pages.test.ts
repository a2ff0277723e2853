import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';

const seed = {
  clients: [
    {
      client_id: 'shop & co',
      name: 'Shop',
      callbacks: ['http://localhost:3000/callback'],
      grant_types: ['authorization_code'],
    },
    {
      client_id: 'tpc_strict',
      is_first_party: false,
      third_party_security_mode: 'strict',
      callbacks: ['http://localhost:4501/callback'],
      grant_types: ['authorization_code'],
    },
  ],
};
const shop = 'client_id=shop+%26+co';
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** The link to the console of an error page; undefined if it has none. */
const linkOf = (text: string) => /<a class="button" href="([^"]*)">Open this setting/.exec(text)?.[1];

describe('an error page', () => {
  let t: TestTenant;
  let remote: TestTenant;
  beforeAll(async () => {
    [t, remote] = await Promise.all([
      startTestTenant('memory', seed),
      startTestTenant('memory', seed, { allowRemote: true }),
    ]);
  });
  afterAll(() => Promise.all([t.close(), remote.close()]));

  const application = '/console/applications/shop%20%26%20co';
  it.each([
    [
      'a callback that is not registered',
      `/authorize?${shop}&response_type=code&redirect_uri=http://localhost:9/x`,
      `${application}#url-callbacks`,
      'http://localhost:9/x',
    ],
    [
      'a callback whose origin is not registered for web_message',
      `/authorize?${shop}&response_type=code&response_mode=web_message&redirect_uri=http://localhost:3000/callback`,
      `${application}#url-web_origins`,
      'http://localhost:3000/callback',
    ],
    [
      'a logout URL that the application does not have',
      `/v2/logout?${shop}&returnTo=http://localhost:9/bye`,
      `${application}#url-allowed_logout_urls`,
      'http://localhost:9/bye',
    ],
    [
      'a logout URL that the tenant does not have',
      '/oidc/logout?post_logout_redirect_uri=http://localhost:9/bye',
      '/console/settings#save-allowed_logout_urls',
      'http://localhost:9/bye',
    ],
    [
      'an unknown client',
      '/authorize?client_id=nobody&response_type=code',
      '/console/applications',
      'nobody',
    ],
    ['an unknown client at logout', '/v2/logout?client_id=nobody', '/console/applications', 'nobody'],
    [
      'an API that does not exist, of a strict third party',
      '/authorize?client_id=tpc_strict&response_type=code&redirect_uri=http://localhost:4501/callback&audience=urn:none&code_challenge=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq&code_challenge_method=S256',
      '/console/apis',
      'urn:none',
    ],
  ])(
    'about %s links to the setting in the console, and shows what was refused',
    async (_what, path, link, refused) => {
      const { status, text } = await t.get(path, html);
      expect([400, 403]).toContain(status);
      expect(linkOf(text)).toBe(link);
      expect(text).toContain(refused);
      expect(text).toContain('<dt>Hint</dt>');
      const page = await t.get(link);
      expect(page.status).toBe(200);
      const [, element] = link.split('#');
      if (element !== undefined) expect(page.text).toContain(` id="${element}"`);
      const elsewhere = await remote.get(path, html);
      expect([elsewhere.status, linkOf(elsewhere.text)]).toEqual([status, undefined]);
      expect(elsewhere.text).toContain('<dt>Hint</dt>');
    },
  );
});

describe('a path that is not served', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory', seed);
  });
  afterAll(() => t.close());

  it('answers a browser with a page that shows the path and leads to the console', async () => {
    const { status, headers, text } = await t.get('/logn%3Cb%3E?x=1', html);
    expect([status, headers.get('vary')]).toEqual([404, 'Accept']);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).toContain('<dd>/logn%3Cb%3E</dd>');
    expect(text).toContain('<a class="button" href="/">Open the console</a>');
  });

  it.each([
    ['a program', 'GET', { accept: '*/*' }],
    ['an SDK that wants JSON', 'GET', { accept: 'application/json' }],
    ['a form of a browser', 'POST', html],
  ])('answers %s with one line, as before', async (_who, method, headers) => {
    const response = await fetch(`${t.tenant.origin}/logn`, { method, headers });
    expect([response.status, await response.text()]).toEqual([404, 'Not found.']);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('below the Management API keeps its own answer', async () => {
    const { status, headers } = await t.get('/api/v2/nothing', html);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });
});

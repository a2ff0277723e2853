import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { type SlowTenant, startSlowTenant } from '../support/slow-tenant.ts';

let tenant: SlowTenant;
let under: GatewayUnderTest;
beforeAll(async () => {
  tenant = await startSlowTenant(400);
  under = await startGatewayUnderTest({ RATE_LIMIT_ENABLED: 'false' }, tenant.link);
});
afterAll(async () => {
  await under.close();
  tenant.close();
});

const raw = (bytes: string, idleMs?: number) => sendRawRequest(under.gateway.port, bytes, idleMs);
const get = (headers: string, target = '/healthz', version = '1.1') =>
  `GET ${target} HTTP/${version}\r\n${headers}\r\n`;
const signInJson = '{"email":"a@b.co","password":"p"}';
const signIn = `POST /v1/auth/signin HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: ${signInJson.length}\r\n\r\n${signInJson}`;
const chunked = (headers: string, version = '1.1') =>
  `POST /v1/auth/signin HTTP/${version}\r\nHost: gw\r\nContent-Type: application/json\r\n${headers}\r\n${signInJson.length.toString(16)}\r\n${signInJson}\r\n0\r\n\r\n`;

async function expectRefusal(bytes: string): Promise<void> {
  const answers = await raw(bytes);
  expect(answers).toHaveLength(1);
  expect(answers[0]?.status).toBe(400);
  expect(answers[0]?.body).toMatch(/"code":"invalid_request"/);
  expect(answers[0]?.head).toMatch(/^connection: close/im);
}

describe('a Host header', () => {
  it.each([
    'a b',
    'a/b@c',
    '',
    'a@b',
    'a:b',
    'a:',
    'a:123456',
    'a,b',
    'a?b',
    'a#b',
    '[::1',
    '::1',
    '[zz]',
    'a\\b',
    'http://a',
    'a%2fb',
    'é',
  ])('must be a host and a port: %j answers 400', (host) => expectRefusal(get(`Host: ${host}\r\n`)));

  it.each(['gw', 'gw.example:8080', 'GW.Example.', '127.0.0.1:1', '[::1]', '[2001:db8::1]:443', 'my_gw'])(
    'of good form is taken: %s',
    async (host) => {
      expect((await raw(get(`Host: ${host}\r\n`)))[0]?.status).toBe(200);
    },
  );

  it('may be absent in HTTP/1.0 alone', async () => {
    expect((await raw(get('', '/healthz', '1.0')))[0]?.status).toBe(200);
    await expectRefusal(get(''));
  });
});

describe('a header that must not be repeated', () => {
  it('Content-Type: two answer 400', async () => {
    await expectRefusal(
      signIn.replace('Content-Length', 'content-type: application/x-www-form-urlencoded\r\nContent-Length'),
    );
  });

  const doubled = 'Host: gw\r\nAuthorization: Basic YTpi\r\nauthorization: Basic YTpj\r\n';

  it('Authorization: two answer 400 on a public row, in the error shape of that row', async () => {
    const [health] = await raw(get(doubled));
    expect(health?.status).toBe(400);
    expect(health?.body).toMatch(/"code":"invalid_request"/);
    const body = 'grant_type=client_credentials';
    const [token] = await raw(
      `POST /v1/oauth/token HTTP/1.1\r\n${doubled}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(token?.status).toBe(400);
    expect(JSON.parse(token?.body ?? '')).toMatchObject({ error: 'invalid_request' });
  });

  it('Authorization: two answer 400 with a challenge on a guarded row', async () => {
    const [answer] = await raw(get(doubled, '/api/location/geocode?q=a'));
    expect(answer?.status).toBe(400);
    expect(answer?.head).toMatch(/^www-authenticate: bearer /im);
  });

  it.each(['Authorization', 'Content-Type', 'Host'])('%s is found behind 1,500 others', async (name) => {
    const first = name === 'Host' ? 'Host: gw\r\n' : `Host: gw\r\n${name}: a\r\n`;
    const [answer] = await raw(get(`${first}${'a:\r\n'.repeat(1500)}${name}: b\r\n`));
    expect(answer?.status).toBe(400);
  });
});

describe('a Transfer-Encoding', () => {
  it.each(['chunked, chunked', 'gzip, chunked', 'identity', 'x', 'chunked;q=1', ''])(
    'other than chunked answers 400 and ends the connection: %j',
    async (coding) => {
      const answers = await raw(`${chunked(`Transfer-Encoding: ${coding}\r\n`)}${get('Host: gw\r\n')}`);
      expect(answers.map(({ status }) => status)).toEqual([400]);
      expect(answers[0]?.head).toMatch(/^connection: close/im);
    },
  );

  it('chunked twice answers 400', () =>
    expectRefusal(chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n')));

  it('of HTTP/1.0 answers 400', () => expectRefusal(chunked('Transfer-Encoding: chunked\r\n', '1.0')));

  it('chunked is read, in any case of letters', async () => {
    expect((await raw(chunked('Transfer-Encoding: Chunked\r\n'), 800))[0]?.status).toBe(401);
  });
});

describe('what follows a refused request on its connection', () => {
  it('is never executed', async () => {
    const before = tenant.asked;
    const answers = await raw(`${get('Host: a b\r\n')}${signIn}`, 700);
    expect(answers.map(({ status }) => status)).toEqual([400]);
    expect(tenant.asked).toBe(before);
    await raw(signIn, 700);
    expect(tenant.asked).toBe(before + 1);
  });
});

describe('invalid bytes after a request that is being answered', () => {
  it('do not prevent its response', async () => {
    const answers = await raw(`${signIn}GARBAGE\r\n\r\n`, 900);
    expect(answers.map(({ status }) => status)).toEqual([401, 400]);
    expect(answers[1]?.head).toMatch(/^connection: close/im);
    expect(answers[1]?.head).toMatch(/^cache-control: no-store/im);
  });

  it('are handled after all earlier requests', async () => {
    const answers = await raw(`${get('Host: gw\r\n')}${signIn}${get('Host: gw\r\n')}GARBAGE\r\n\r\n`, 900);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 400]);
  });

  it('are handled in order if they are CONNECT, or have an unknown Expect', async () => {
    const connect = await raw(`${signIn}CONNECT a:1 HTTP/1.1\r\nHost: gw\r\n\r\n`, 900);
    expect(connect.map(({ status }) => status)).toEqual([401, 400]);
    const expectation = await raw(`${signIn}${get('Host: gw\r\nExpect: gold\r\n')}`, 900);
    expect(expectation.map(({ status }) => status)).toEqual([401, 400]);
  });

  it('are answered immediately if they are its own body', async () => {
    const answers = await raw(
      'POST /v1/auth/signin HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    );
    expect(answers.map(({ status }) => status)).toEqual([400]);
  });
});

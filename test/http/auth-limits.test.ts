import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Callers, createCallers } from '../support/from-address.ts';
import { navigate } from '../support/navigate.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    RATE_LIMIT_AUTH_IP: '3/1m',
    RATE_LIMIT_SIGNUP_IP: '3/1m',
    RATE_LIMIT_SIGNIN_IP: '3/1m',
    TRUST_PROXY: '127.0.0.1',
  });
});
afterAll(() => world.close());

/** Each test has its own addresses. */
let tests = 0;
const freshAddress = (): string => `192.0.2.${++tests}`;

type Headers = Readonly<Record<string, string>>;

const post =
  (path: string, body: object | URLSearchParams) =>
  (headers: Headers): Promise<Response> =>
    fetch(`${world.gateway.publicUrl}${path}`, {
      method: 'POST',
      body: body instanceof URLSearchParams ? body : JSON.stringify(body),
      headers: {
        ...(!(body instanceof URLSearchParams) && { 'Content-Type': 'application/json' }),
        ...headers,
      },
    });

const login = (headers: Headers, query = ''): Promise<Pick<Response, 'status' | 'headers'>> =>
  navigate(world.url, `/v1/auth/login${query}`, headers);
const startLogin = post('/v1/auth/login/start', {});
const refresh = post('/v1/auth/refresh', { refresh_token: 'x' });
const verifier = 'v'.repeat(43);
const code = { code: 'x', redirect_uri: 'http://localhost:3000/', code_verifier: verifier };
const exchange = post('/v1/auth/exchange', code);
const signUp = post('/v1/auth/signup', { email: 'weak@example.com', password: 'weak' });
const signIn = post('/v1/auth/signin', { email: 'nobody@example.com', password: 'x' });
const falseLogout = post('/v1/auth/backchannel-logout', new URLSearchParams({ logout_token: 'x' }));
const revoke = post('/v1/auth/signout', { refresh_token: 'x' });

const counted: readonly (readonly [
  limit: string,
  call: (headers: Headers) => Promise<Pick<Response, 'status' | 'headers'>>,
])[] = [
  ['login-ip', login],
  ['login-ip', startLogin],
  ['refresh-ip', post('/v1/auth/refresh', {})],
  ['refresh-ip', refresh],
  ['exchange-ip', exchange],
  ['signup-ip', signUp],
  ['signin-ip', signIn],
  ['backchannel-logout-ip', falseLogout],
  ['signout-ip', revoke],
];

describe('a limit by address', () => {
  it.each(counted)('%s applies to the address from the last trusted proxy', async (limit, call) => {
    const from = (first: string, address: string) => ({ 'X-Forwarded-For': `${first}, ${address}` });
    const address = freshAddress();
    for (let i = 0; i < 3; i++) expect((await call(from(`198.51.100.${i}`, address))).status).not.toBe(429);
    const refused = await call({ ...from('198.51.100.9', address), Forwarded: 'for=192.0.2.99' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit-policy')).toBe(`"${limit}";q=3;w=60`);
    expect(refused.headers.get('ratelimit')).toMatch(new RegExp(`^"${limit}";r=0;t=\\d+$`));
    expect((await call(from('198.51.100.9', freshAddress()))).status).not.toBe(429);
  });

  it('is in the headers of successful responses too', async () => {
    const from = { 'X-Forwarded-For': freshAddress() };
    const leftOf = ({ headers }: Pick<Response, 'headers'>) => headers.get('ratelimit')?.split(';t=')[0];
    expect(leftOf(await login(from))).toBe('"login-ip";r=2');
    expect(leftOf(await startLogin(from))).toBe('"login-ip";r=1');
    expect(leftOf(await refresh(from))).toBe('"refresh-ip";r=2');
  });

  it('that is reached does not affect the other limits of the address', async () => {
    const from = { 'X-Forwarded-For': freshAddress() };
    for (let i = 0; i < 4; i++) await login(from);
    expect((await login(from)).status).toBe(429);
    expect((await refresh(from)).status).toBe(401);
    expect((await exchange(from)).status).toBe(401);
    expect((await signIn(from)).status).toBe(401);
  });

  it.each<[string, (headers: Headers) => Promise<Pick<Response, 'status'>>, number]>([
    ['a sign-up that is not valid', post('/v1/auth/signup', { email: 'x' }), 400],
    [
      'a sign-in of another type of body',
      (headers) => signIn({ ...headers, 'Content-Type': 'text/plain' }),
      415,
    ],
    [
      'a sign-in from a foreign page',
      (headers) => signIn({ ...headers, Origin: 'https://evil.example' }),
      403,
    ],
    [
      'a refresh from a foreign page',
      (headers) => refresh({ ...headers, Origin: 'https://evil.example' }),
      403,
    ],
    [
      'a refresh with a body that is too large',
      post('/v1/auth/refresh', { refresh_token: 'x'.repeat(20_000) }),
      413,
    ],
    ['a login that leads away', (headers) => login(headers, '?return_to=https://evil.example'), 400],
    [
      'an exchange without proof',
      post('/v1/auth/exchange', { ...code, code_verifier: undefined, mode: 'session' }),
      422,
    ],
  ])('charges nothing for %s', async (_what, call, status) => {
    const from = { 'X-Forwarded-For': freshAddress() };
    for (let i = 0; i < 6; i++) expect((await call(from)).status).toBe(status);
  });

  /** Sends request heads without their bodies. */
  const openHeads = (path: string, address: string, callers: Callers): void => {
    for (let i = 0; i < 3; i++)
      callers.open(
        '127.0.0.1',
        `POST ${path} HTTP/1.1\r\nHost: gw\r\nX-Forwarded-For: ${address}\r\n` +
          'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      );
  };
  const countGone = (address: string): number =>
    world.lines.filter((line) => line['ip'] === address && line['code'] === 'invalid_request').length;

  it.each([
    ['/v1/auth/signup', signUp],
    ['/v1/auth/refresh', refresh],
  ])('is charged before the body of %s is read', async (path, call) => {
    const address = freshAddress();
    const callers = createCallers(world.gateway.port);
    openHeads(path, address, callers);
    await eventually(async () => (await call({ 'X-Forwarded-For': address })).status).toBe(429);
    callers.close();
  });

  it('counts a sign-in without its body as a failure, and does not count successful ones', async () => {
    const user = { email: 'here@example.com', password: 'Correct-Horse-9' };
    const address = freshAddress();
    const from = { 'X-Forwarded-For': address };
    await post('/v1/auth/signup', user)(from);
    const right = post('/v1/auth/signin', user);
    for (let i = 0; i < 6; i++) expect((await right(from)).status).toBe(200);
    const callers = createCallers(world.gateway.port);
    openHeads('/v1/auth/signin', address, callers);
    await eventually(async () => (await right(from)).status).toBe(429);
    callers.close();
    await eventually(() => countGone(address)).toBe(3);
    const refused = await right(from);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"signin-ip";q=3;w=60']);
  });

  it('counts IPv6 by /64 and, with ten times the limit, by /48', async () => {
    const from = (network: number, host: number) => ({ 'X-Forwarded-For': `2001:db8:1:${network}::${host}` });
    for (let host = 1; host <= 3; host++) expect((await refresh(from(0, host))).status).toBe(401);
    const narrow = await refresh(from(0, 4));
    expect([narrow.status, narrow.headers.get('ratelimit-policy')]).toEqual([429, '"refresh-ip";q=3;w=60']);
    for (let network = 1; network < 10; network++)
      for (let host = 1; host <= 3; host++) expect((await refresh(from(network, host))).status).toBe(401);
    const wide = await refresh(from(10, 1));
    expect([wide.status, wide.headers.get('ratelimit-policy')]).toEqual([429, '"refresh-ip-48";q=30;w=60']);
    expect((await refresh({ 'X-Forwarded-For': '2001:db8:2::1' })).status).toBe(401);
  });

  it('writes an audit event when it refuses a sign-in', async () => {
    const from = { 'X-Forwarded-For': freshAddress() };
    for (let i = 0; i < 4; i++) await signIn(from);
    await eventually(() =>
      world.lines.some(({ event, reason }) => event === 'auth.signin.failed' && reason === 'rate_limited'),
    ).toBe(true);
  });
});

import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { createTravelClock, type TravelClock } from '../src/lib/clock.ts';
import { type OpenTenant, startTenant } from '../src/tenant.ts';
import { hostSeed } from './support/host-seed.ts';

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert on every member that they read
  readonly body: any;
}

const password = 'Canary-Horse-9-battery';
const json = { 'content-type': 'application/json' };

describe.each(['memory', 'sqlite'])('the control API of a tenant on %s', (store) => {
  let directory: string;
  let tenant: OpenTenant;
  let clock: TravelClock;

  const start = async (): Promise<OpenTenant> => {
    clock = createTravelClock();
    const dataFile = store === 'memory' ? ':memory:' : join(directory, 'tenant.db');
    return startTenant({
      clock,
      host: '127.0.0.1',
      port: 0,
      dataFile,
      builtInSeed: hostSeed,
      warn: () => undefined,
    });
  };

  beforeAll(async () => {
    directory = makeFolder();
    tenant = await start();
  });
  afterAll(async () => {
    await tenant.close();
  });

  async function call(method: string, path: string, body?: unknown, headers: object = json): Promise<Answer> {
    const response = await fetch(`${tenant.origin}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { ...headers } }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }

  const host = () => tenant.credentials('host') ?? { client_id: '' };

  async function signUp(email: string): Promise<string> {
    const { body } = await call('POST', '/dbconnections/signup', {
      client_id: 'host',
      connection: 'Username-Password-Authentication',
      email,
      password,
    });
    const { _id: id } = body;
    return `auth0|${id}`;
  }

  const signIn = (username: string): Promise<Answer> =>
    call('POST', '/oauth/token', {
      ...host(),
      grant_type: 'password',
      username,
      password,
      audience: 'urn:maps',
      scope: 'openid offline_access',
    });

  const kidOf = async (username: string): Promise<string | undefined> =>
    decodeProtectedHeader((await signIn(username)).body.access_token).kid;

  const refresh = (refresh_token: string): Promise<Answer> =>
    call('POST', '/oauth/token', { ...host(), grant_type: 'refresh_token', refresh_token });

  it('a sign-up leaves its verification mail in the inbox, found by to', async () => {
    await signUp('inbox@example.com');
    await signUp('other@example.com');
    const { body } = await call('GET', '/_tenant/inbox?to=inbox%40example.com');
    expect(body).toEqual([
      {
        to: 'inbox@example.com',
        kind: 'verify_email',
        subject: expect.any(String),
        link: expect.stringContaining(tenant.origin),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    ]);
    const all: { to: string }[] = (await call('GET', '/_tenant/inbox')).body;
    expect(all.map(({ to }) => to)).toEqual(['inbox@example.com', 'other@example.com']);
  });

  it('the clock moves the times of tokens, and a refresh token expires by it', async () => {
    await signUp('clock@example.com');
    const before = decodeJwt((await signIn('clock@example.com')).body.access_token);
    const { refresh_token } = (await signIn('clock@example.com')).body;
    const offset = (await call('POST', '/_tenant/clock', { offset_s: 86_400 })).body.offset_s;
    expect(offset).toBe(clock.offsetS);
    const after = decodeJwt((await signIn('clock@example.com')).body.access_token);
    expect((after.iat ?? 0) - (before.iat ?? 0)).toBeGreaterThanOrEqual(86_400);
    await call('POST', '/_tenant/clock', { offset_s: 400 * 86_400 });
    expect((await refresh(refresh_token)).status).toBe(403);
    expect(await connectsOnce(tenant)).toBe(true);
  });

  it('a fault applies to the token endpoint as many times as configured, in parallel too', async () => {
    await signUp('fault@example.com');
    const fault = {
      method: 'POST',
      path: '^/oauth/token$',
      status: 429,
      headers: { 'Retry-After': '3' },
      times: 4,
    };
    await call('PUT', '/_tenant/faults', [{ ...fault, body: { error: 'too_many_requests' } }]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn('fault@example.com')));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(6);
    expect((await call('GET', '/_tenant/faults')).body).toEqual([]);
  });

  it('rotated keys sign at once and the earlier one stays listed until it is revoked', async () => {
    await signUp('keys@example.com');
    const listed = async (): Promise<string[]> =>
      (await call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
    const [first, next] = await listed();
    expect(await kidOf('keys@example.com')).toBe(first);
    const { body } = await call('POST', '/_tenant/keys/rotate', {});
    expect(body.keys.map(({ state }: { state: string }) => state)).toEqual(['current', 'next', 'previous']);
    expect(JSON.stringify(body)).not.toMatch(/PRIVATE|"d"/);
    expect(await kidOf('keys@example.com')).toBe(next);
    expect(await listed()).toContain(first);
    expect((await call('DELETE', `/_tenant/keys/${first}`, {})).status).toBe(200);
    expect(await listed()).not.toContain(first);
    expect((await call('DELETE', `/_tenant/keys/${first}`, {})).status).toBe(404);
  });

  it('a revoked user loses the refresh token, another user does not', async () => {
    const id = await signUp('revoked@example.com');
    await signUp('spared@example.com');
    const revoked = (await signIn('revoked@example.com')).body.refresh_token;
    const spared = (await signIn('spared@example.com')).body.refresh_token;
    const { status } = await call('POST', `/_tenant/users/${encodeURIComponent(id)}/revoke`, {});
    expect(status).toBe(200);
    expect((await refresh(revoked)).body.error).toBe('invalid_grant');
    expect((await refresh(spared)).status).toBe(200);
  });

  it('recorded requests contain no secret', async () => {
    await signUp('requests@example.com');
    const { body: tokens } = await signIn('requests@example.com');
    await refresh(tokens.refresh_token);
    await call('POST', '/oauth/revoke', { ...host(), token: tokens.refresh_token });
    await fetch(`${tenant.origin}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    await call('POST', '/oauth/token', {
      client_id: 'host',
      grant_type: 'password',
      username: 'x',
      password: 'y',
    });
    const { body } = await call('GET', '/_tenant/requests');
    const shown = JSON.stringify(body);
    const { access_token, id_token, refresh_token } = tokens;
    for (const secret of [access_token, id_token, refresh_token, host().client_secret]) {
      expect(secret).toEqual(expect.any(String));
      expect(shown).not.toContain(secret);
    }
    expect(shown).not.toContain(password);
    const latest: { path: string; status: number; body?: object }[] = body.slice(-6);
    expect(latest.map(({ path, status }) => [path, status])).toEqual([
      ['/dbconnections/signup', 200],
      ['/oauth/token', 200],
      ['/oauth/token', 200],
      ['/oauth/revoke', 200],
      ['/userinfo', 200],
      ['/oauth/token', 401],
    ]);
    expect(latest[1]?.body).toMatchObject({
      grant_type: 'password',
      username: 'requests@example.com',
      password: '***',
    });
  });

  it('the whole port refuses a foreign Host over both protocols', async () => {
    const paths = ['/', '/oauth/token', '/.well-known/jwks.json', '/_tenant/inbox', '/_tenant/requests'];
    for (const path of paths) {
      for (const protocol of ['plain', 'tls'] as const) {
        expect(await raw(tenant, protocol, path, 'evil.example')).toMatch(/^HTTP\/1\.1 403 /);
      }
    }
    expect(await raw(tenant, 'tls', '/.well-known/jwks.json', tenant.domain)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('the control API refuses other origins, which discovery does not', async () => {
    const origin = 'Origin: https://evil.example\r\n';
    for (const path of ['inbox', 'requests', 'clock', 'keys', 'faults']) {
      const answer = await raw(tenant, 'plain', `/_tenant/${path}`, tenant.domain, origin);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    }
    const discovery = await raw(tenant, 'plain', '/.well-known/openid-configuration', tenant.domain, origin);
    expect(discovery).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.runIf(store === 'sqlite')(
    'a restart keeps keys, mails and certificates; the clock begins anew',
    async () => {
      const before = await call('GET', '/_tenant/keys');
      const mails = await call('GET', '/_tenant/inbox');
      const { caPem } = tenant;
      await tenant.close();
      tenant = await start();
      expect(tenant.caPem).toBe(caPem);
      expect((await call('GET', '/_tenant/keys')).body).toEqual(before.body);
      expect((await call('GET', '/_tenant/inbox')).body).toEqual(mails.body);
      expect((await call('GET', '/_tenant/clock')).body.offset_s).toBe(0);
      expect(await readdir(directory)).toContain('tenant-ca.pem');
      expect((await stat(join(directory, 'tenant-tls-1.pem'))).mode & 0o777).toBe(0o600);
    },
  );
});

/** Whether a client that trusts the CA can connect over TLS, independent of the tenant's clock. */
function connectsOnce(tenant: OpenTenant): Promise<boolean> {
  const port = Number(tenant.domain.split(':')[1]);
  const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: tenant.caPem });
  return new Promise<boolean>((resolve) => {
    socket.once('secureConnect', () => resolve(socket.authorized));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}

function raw(
  tenant: OpenTenant,
  protocol: 'plain' | 'tls',
  path: string,
  host: string,
  lines = '',
): Promise<string> {
  const port = Number(tenant.domain.split(':')[1]);
  const socket =
    protocol === 'tls'
      ? connectTls({ port, host: '127.0.0.1', ca: tenant.caPem })
      : connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines}\r\n`);
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

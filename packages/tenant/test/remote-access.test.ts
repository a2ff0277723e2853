import { createServer, request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { createConsoleGuard } from '../src/console/console-guard.ts';
import { createControlGuard, createTokenGuard } from '../src/control/control-guard.ts';
import { connectTenant, startTenant, type Tenant } from '../src/index.ts';
import type { Middleware } from '../src/transport/host-guard.ts';
import { quickOptions } from './support/quick-tenant.ts';

const TOKEN = 'a-control-token';

/** The status behind the guards for a caller without a loopback address: one that connects by a socket file. */
async function statusBehind(guards: readonly Middleware[], headers: Record<string, string>): Promise<number> {
  const socketPath = path.join(makeFolder(), 's');
  const server = createServer((incoming, response) => {
    const run = (index: number): void => {
      const guard = guards[index];
      if (guard) guard(incoming, response, () => run(index + 1));
      else response.writeHead(200).end();
    };
    run(0);
  });
  await new Promise<void>((listening) => server.listen(socketPath, listening));
  const status = await new Promise<number>((resolve, reject) => {
    request({ socketPath, path: '/', headers: { host: 'tenant.example.com', ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
  server.close();
  return status;
}

const basic = (password: string) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;

describe('a caller that is not on loopback', () => {
  const access = { port: 4400, domain: 'tenant.localhost', controlToken: TOKEN };
  const control = [createTokenGuard(access), createControlGuard(access)];
  const consoleGuards = createConsoleGuard(access);

  it.each([
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['a wrong password', { authorization: basic('wrong') }, 401],
    ['another scheme', { authorization: `Token ${TOKEN}` }, 401],
    ['the token', { authorization: `Bearer ${TOKEN}` }, 200],
    ['the token as a password', { authorization: basic(TOKEN) }, 200],
    [
      'the token from a page of another origin',
      { authorization: basic(TOKEN), origin: 'https://evil.example' },
      403,
    ],
  ])('with %s gets %#, from the control API and the console', async (_what, headers, status) => {
    expect(await statusBehind(control, headers)).toBe(status);
    expect(await statusBehind(consoleGuards, headers)).toBe(status);
  });

  it('cannot bypass the token by a link to the overview', async () => {
    const link = {
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(await statusBehind(consoleGuards, link)).toBe(401);
  });

  it('is refused without remote access, whatever token it sends', async () => {
    const closed = { ...access, controlToken: undefined };
    for (const token of ['', 'undefined', TOKEN])
      expect(await statusBehind([createTokenGuard(closed)], { authorization: `Bearer ${token}` })).toBe(401);
  });
});

describe('a tenant with a domain', () => {
  let tenant: Tenant;

  beforeAll(async () => {
    const { passwordCost, makeSigningKey } = await quickOptions();
    tenant = await startTenant({ passwordCost, makeSigningKey, domain: 'tenant.localhost', scheme: 'http' });
  });
  afterAll(() => tenant.close());

  it('uses it in the issuer, with the scheme, and in every endpoint', async () => {
    expect(tenant.issuer).toBe(`http://tenant.localhost:${tenant.port}/`);
    const discovery = (await (
      await fetch(`http://127.0.0.1:${tenant.port}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    const urls = Object.values(discovery).filter(
      (value) => typeof value === 'string' && /^https?:/.test(value),
    );
    expect(urls.length).toBeGreaterThan(5);
    expect(urls.filter((url) => !String(url).startsWith(tenant.issuer))).toEqual([]);
    const handle = await connectTenant({ url: `http://127.0.0.1:${tenant.port}` });
    const tokens = await handle.signInAs('ada', { client: 'web', audience: 'https://api.example.com' });
    const [, payload = ''] = tokens.access_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: tenant.issuer });
  });

  it.each([
    ['tenant.localhost', 200],
    ['localhost', 200],
    ['other.localhost', 403],
  ])('answers a request for the host %s with %i', async (name, status) => {
    const answered = await new Promise<number>((resolve, reject) => {
      const { port } = tenant;
      const headers = { host: `${name}:${port}` };
      request({ host: '127.0.0.1', port, path: '/_tenant/about', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    expect(answered).toBe(status);
  });

  it.each(['Tenant.localhost', 'https://a', 'a:1', '-a', 'a..b', ''])(
    'refuses the domain %j',
    async (domain) => {
      await expect(startTenant({ domain })).rejects.toThrow(/invalid domain/);
    },
  );
});

describe('a tenant on a demo network', () => {
  it('does not sign a user in without a password', async () => {
    const open = await startTenant({ ...(await quickOptions()), allowRemote: true, signInAs: true });
    await expect(open.signInAs('ada', { client: 'web' })).rejects.toThrow(/status 403: Signing in as a user/);
    expect(String(open.controlToken).length).toBeGreaterThan(40);
    await open.close();
  });
});

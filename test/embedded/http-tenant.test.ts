import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { type ConnectedTenant, connectTenant } from '../../src/embedded/connect-tenant.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createLogOutput } from '../../src/observe/logger.ts';
import { makeFolder } from '../support/folder.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';

const credentials = { email: 'ada@example.com', password: 'Correct-Horse-9' };
const closers: (() => Promise<void>)[] = [];
let embedded: ConnectedTenant;
let first: GatewayUnderTest;

async function connect(env: Readonly<Record<string, string>>): Promise<ConnectedTenant> {
  const read = readConfig(env, { cwd: makeFolder() });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { log } = createLogOutput('fatal', { write: () => undefined });
  const connected = await connectTenant(read.config, createTravelClock(), log);
  closers.unshift(() => connected.close());
  return connected;
}

async function startGateway(
  env: Readonly<Record<string, string>>,
  { link }: ConnectedTenant,
): Promise<GatewayUnderTest> {
  const gateway = await startGatewayUnderTest(env, link);
  closers.unshift(() => gateway.close());
  return gateway;
}

const send = (gateway: GatewayUnderTest, path: string, body?: object, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    redirect: 'manual',
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

beforeAll(async () => {
  embedded = await connect({
    TENANT_PORT: '0',
    TENANT_DATA: ':memory:',
    TENANT_SCHEME: 'http',
    TENANT_DOMAIN: 'tenant.localhost',
  });
  first = await startGateway({}, embedded);
});
afterAll(async () => {
  for (const close of closers) await close();
});

async function signIn(gateway: GatewayUnderTest): Promise<string> {
  const reply = await send(gateway, '/v1/auth/signin', credentials);
  expect(reply.status).toBe(200);
  const { access_token } = (await reply.json()) as { access_token: string };
  return access_token;
}

it('a gateway takes the tokens of an embedded tenant whose issuer has http', async () => {
  expect((await send(first, '/v1/auth/signup', credentials)).status).toBeLessThan(300);
  const token = await signIn(first);
  const { issuer } = embedded.link;
  expect(issuer).toMatch(/^http:\/\/tenant\.localhost:\d+\/$/);
  expect(decodeJwt(token).iss).toBe(issuer);
  const authorization = `Bearer ${token}`;
  const found = await send(first, '/api/location/geocode?q=Redmond', undefined, { authorization });
  expect(found.status).toBe(200);
  // At its own name: from another one the gateway leads there first.
  const login = await fetch(`${first.gateway.publicUrl}/v1/auth/login`, { redirect: 'manual' });
  expect(new URL(login.headers.get('location') ?? '').origin).toBe(new URL(issuer).origin);
});

it('another gateway names the same tenant with its scheme in AUTH0_DOMAIN', async () => {
  const { issuer, clientId, credential } = embedded.link;
  if (!('secret' in credential)) throw new Error('no secret');
  const { origin, port } = new URL(issuer);
  const env = {
    AUTH0_DOMAIN: origin,
    AUTH0_BASE_URL: `http://localhost:${port}`,
    AUTH0_CLIENT_ID: clientId,
    AUTH0_CLIENT_SECRET: credential.secret,
    AUTH0_API_AUDIENCE: 'urn:worldmappers',
  };
  const remote = await connect(env);
  expect(remote.link.issuer).toBe(issuer);
  const second = await startGateway(env, remote);
  const authorization = `Bearer ${await signIn(second)}`;
  expect((await send(second, '/api/location/geocode?q=Redmond', undefined, { authorization })).status).toBe(
    200,
  );
});

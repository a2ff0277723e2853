import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createFetchDocument } from '../../src/transport/fetch-document.ts';
import { createBrowser } from '../support/browser.ts';
import { browserSeed } from '../support/browser-seed.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory } from '../support/seed.ts';
import { answerOf, challenge, verifier } from '../support/sign-in-flow.ts';
import { type Answer, claimsOf, textOf } from '../support/start-test-tenant.ts';

const callback = 'http://localhost:4777/callback';
let t: ManagedTenant;
/** What the application's server answers, and how often it was asked. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked = 0;
let origin = '';
const server = createServer((request, response) => {
  asked += 1;
  answer(request, response);
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t = await startManagedTenant('memory', {
    ...browserSeed,
    connections: [{ name: directory, is_domain_connection: true }],
  });
});
afterAll(async () => {
  await t.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = 0;
});

const sendJson = (response: ServerResponse, body: unknown): void => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
};

/** The URL of a document with changed members; `undefined` removes one. */
function publish(path: string, more: Record<string, unknown> = {}): string {
  const url = `${origin}${path}`;
  const document = {
    client_id: url,
    client_name: 'Wiki',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    ...more,
  };
  answer = (_request, response) => sendJson(response, document);
  return url;
}

const call = (what: 'preview' | 'register', external_client_id: string): Promise<Answer> =>
  t.manage('POST', `/clients/cimd/${what}`, { external_client_id });

const registered = async (url: string): Promise<string> => textOf(await call('register', url), 'client_id');

it('an administrator previews a document, registers it, and refreshes the client', async () => {
  const url = publish('/client.json', {
    client_uri: 'https://wiki.example',
    logo_uri: 'https://wiki.example/l.png',
  });
  const mapped_fields = {
    external_client_id: url,
    name: 'Wiki',
    callbacks: [callback],
    logo_uri: 'https://wiki.example/l.png',
    grant_types: ['authorization_code', 'refresh_token'],
    app_type: 'native',
    token_endpoint_auth_method: 'none',
  };
  const validation = {
    valid: true,
    violations: [],
    warnings: [
      'Ignoring unsupported properties: client_uri. These properties are not validated or mapped to the Auth0 client configuration.',
    ],
  };
  const preview = await call('preview', url);
  expect([preview.status, preview.json]).toEqual([200, { mapped_fields, validation }]);
  const first = await call('register', url);
  expect([first.status, first.json]).toEqual([
    201,
    { client_id: expect.stringMatching(/^tpc_/), mapped_fields, validation },
  ]);
  const client_id = textOf(first, 'client_id');
  expect((await t.manage('GET', `/clients/${client_id}`)).json).toMatchObject({
    name: 'Wiki',
    is_first_party: false,
    third_party_security_mode: 'strict',
    external_client_id: url,
    external_metadata_type: 'cimd',
    external_metadata_created_by: 'admin',
    token_endpoint_auth_method: 'none',
    refresh_token: { rotation_type: 'rotating', infinite_token_lifetime: false },
  });
  publish('/client.json', { client_name: 'Wiki 2' });
  const second = await call('register', url);
  expect([second.status, second.json['client_id']]).toEqual([200, client_id]);
  expect((await call('preview', url)).json['client_id']).toBe(client_id);
  const found = await t.manage('GET', `/clients?external_client_id=${encodeURIComponent(url)}`);
  expect(JSON.parse(found.text)).toMatchObject([{ client_id, name: 'Wiki 2' }]);
});

it('a user signs in to the application by its URL, which is the client of the token, and nothing is fetched', async () => {
  const url = publish('/sign-in.json');
  await registered(url);
  const grant = {
    client_id: await registered(url),
    audience: 'urn:organizer',
    scope: ['tasks'],
    subject_type: 'user',
  };
  expect((await t.manage('POST', '/client-grants', grant)).status).toBe(201);
  asked = 0;
  const authorize = new URL('/authorize', t.tenant.origin);
  for (const [name, value] of Object.entries({
    client_id: url,
    redirect_uri: callback,
    response_type: 'code',
    audience: 'urn:organizer',
    scope: 'tasks',
    ...challenge,
  }))
    authorize.searchParams.set(name, value);
  const browser = createBrowser();
  const login = await browser.open(authorize);
  const consent = await browser.submit(login, { username: 'ann@example.com', password: 'Correct-Horse-1' });
  const page =
    consent.url.pathname === '/u/consent' ? await browser.submit(consent, { action: 'accept' }) : consent;
  const tokens = await t.post('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: url,
    redirect_uri: callback,
    code: answerOf(page)['code'],
    code_verifier: verifier,
  });
  expect(claimsOf(tokens)).toMatchObject({ sub: 'auth0|ann-id', azp: url, aud: 'urn:organizer' });
  expect(asked).toBe(0);
});

it('private_key_jwt takes its keys from jwks_uri of the same origin', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const url = publish('/signed.json', {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: `${origin}/keys.json`,
  });
  const serveDocument = answer;
  answer = (request, response) =>
    request.url === '/keys.json'
      ? sendJson(response, { keys: [{ ...jwk, kid: 'one', use: 'sig' }] })
      : serveDocument(request, response);
  await registered(url);
  const assertion = await new SignJWT({ jti: 'once' })
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(url)
    .setSubject(url)
    .setAudience(t.tenant.issuer)
    .setExpirationTime('1m')
    .sign(privateKey);
  const authenticated = {
    client_id: url,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    grant_type: 'authorization_code',
    code: 'none',
  };
  // The client is authenticated: it is the code that is wrong.
  expect((await t.post('/oauth/token', authenticated)).json['error']).toBe('invalid_grant');
  expect((await t.post('/oauth/token', authenticated)).json['error']).toBe('access_denied');
});

it.each<[string, Record<string, unknown>]>([
  ['client_id must be the URL', { client_id: 'https://other.example/client.json' }],
  ['client_name is required', { client_name: undefined }],
  ['redirect_uris must list', { redirect_uris: [] }],
  ['redirect_uris must list URLs to redirect to', { redirect_uris: ['javascript:alert(1)'] }],
  ['grant_types must list', { grant_types: undefined }],
  ['grant_types must list authorization_code', { grant_types: ['authorization_code', 'client_credentials'] }],
  ['token_endpoint_auth_method must be', { token_endpoint_auth_method: 'client_secret_post' }],
  ['client_secret must not', { client_secret: 'x' }],
  ['use jwks_uri', { jwks: { keys: [] } }],
  [
    'origin of the document',
    { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://other.example/k' },
  ],
  ['needs jwks_uri', { token_endpoint_auth_method: 'private_key_jwt' }],
])('a document is refused: %s', async (text, more) => {
  const url = publish('/wrong.json', more);
  const preview = await call('preview', url);
  expect(preview.json['validation']).toMatchObject({
    valid: false,
    violations: [expect.stringContaining(text)],
  });
  expect(preview.json).not.toHaveProperty('mapped_fields');
  const refused = await call('register', url);
  expect([refused.status, refused.json['errorCode']]).toEqual([400, 'invalid_client_metadata']);
});

it.each<[string, (response: ServerResponse) => void]>([
  ['the server answered 302', (response) => response.writeHead(302, { location: `${origin}/x` }).end()],
  ['the server answered 404', (response) => response.writeHead(404).end()],
  ['not served as JSON', (response) => response.setHeader('content-type', 'text/html').end('{}')],
  ['not valid JSON', (response) => response.setHeader('content-type', 'application/json').end('{')],
  ['larger than 5120 bytes', (response) => sendJson(response, { text: 'x'.repeat(6000) })],
])('a document that cannot be fetched has no validation: %s', async (text, respond) => {
  const url = publish('/broken.json');
  answer = (_request, response) => respond(response);
  expect((await call('preview', url)).json).toEqual({ errors: [expect.stringContaining(text)] });
  expect(asked).toBe(1);
  expect((await call('register', url)).json['errorCode']).toBe('invalid_client_metadata');
});

it.each([
  'http://10.0.0.1/client.json',
  'https://10.0.0.1/client.json',
  'https://169.254.169.254/latest/meta-data',
  'https://[fe80::1]/client.json',
  'https://[::ffff:10.0.0.1]/client.json',
  'https://0.0.0.0/client.json',
])('%s is never called', async (url) => {
  const preview = await call('preview', url);
  const refusal = { errors: ['the host has no public address'] };
  // A URL that is not in normal form is refused before.
  if (preview.status === 200) expect(preview.json).toEqual(refusal);
  else expect(preview.status).toBe(400);
});

it.each([
  'ftp://wiki.example/client.json',
  'https://wiki.example/',
  'https://wiki.example/client.json?x=1',
  'https://wiki.example/client.json#x',
  'https://user@wiki.example/client.json',
  'https://wiki.example/a/../client.json',
  `https://wiki.example/${'x'.repeat(120)}`,
  'client.json',
])('%s is no URL of a document', async (url) => {
  expect((await call('preview', url)).status).toBe(400);
});

it('with remote access the tenant does not call its own machine', async () => {
  const url = publish('/local.json');
  const fetchDocument = createFetchDocument({ allowsLoopback: false });
  await expect(fetchDocument(url)).rejects.toThrow('no public address');
  const byName = url.replace('http://127.0.0.1', 'https://localhost');
  await expect(fetchDocument(byName)).rejects.toThrow('no public address');
  expect(asked).toBe(0);
});

it('a register needs the scope of what it does', async () => {
  const url = publish('/scoped.json');
  const token = await t.managementToken('update:clients');
  const refused = await t.manage(
    'POST',
    '/clients/cimd/register',
    { external_client_id: url },
    { authorization: `Bearer ${token}` },
  );
  expect([refused.status, refused.json['errorCode']]).toEqual([403, 'insufficient_scope']);
});

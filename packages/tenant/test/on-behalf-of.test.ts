import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProofKey } from './support/dpop.ts';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { testSeed } from './support/seed.ts';
import { type Answer, claimsOf, textOf } from './support/start-test-tenant.ts';

const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const [front, middle, back] = ['urn:front', 'urn:middle', 'urn:back'];
const apis = [front, middle, back];

/** `front` calls `middle`, and `middle` calls `back` and itself. */
const forUsers = (client_id: string, audience: string, scope: string[] = ['read']) => ({
  client_id,
  audience,
  scope,
  subject_type: 'user',
});
const seed = {
  ...testSeed,
  tenant: { allow_organization_name_in_authentication_api: true },
  resource_servers: [
    ...testSeed.resource_servers,
    ...apis.map((identifier) => ({
      identifier,
      scopes: [{ value: 'read' }, { value: 'write' }],
      subject_type_authorization: { user: { policy: 'allow_all' } },
      ...(identifier === back && { proof_of_possession: { mechanism: 'dpop', required: false } }),
    })),
  ],
};

let t: ManagedTenant;
const secrets = new Map<string, { client_id: string; client_secret: string }>();

beforeAll(async () => {
  t = await startManagedTenant('memory', seed);
  for (const [name, identifier] of [
    ['front', front],
    ['middle', middle],
  ] as const) {
    const made = await t.manage('POST', '/clients', {
      name,
      app_type: 'resource_server',
      resource_server_identifier: identifier,
      grant_types: [grant_type],
      token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] },
    });
    expect(made.status).toBe(201);
    const client_id = textOf(made, 'client_id');
    secrets.set(name, { client_id, client_secret: textOf(made, 'client_secret') });
    for (const audience of apis)
      expect((await t.manage('POST', '/client-grants', forUsers(client_id, audience))).status).toBe(201);
  }
});
afterAll(() => t.close());

const userToken = async (username = 'ann', audience = front): Promise<string> =>
  textOf(
    await t.signIn('strict', { username: `${username}@example.com`, audience, scope: 'read' }),
    'access_token',
  );

const exchange = (
  as: string,
  subject_token: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> =>
  t.post(
    '/oauth/token',
    {
      ...secrets.get(as),
      grant_type,
      subject_token,
      subject_token_type: accessToken,
      requested_token_type: accessToken,
      audience: middle,
      ...more,
    },
    headers,
  );

it('an API exchanges the token of its caller for one of the same user at the next API', async () => {
  const first = await exchange('front', await userToken());
  expect(first.json).toEqual({
    access_token: expect.any(String),
    issued_token_type: accessToken,
    token_type: 'Bearer',
    expires_in: 86_400,
    scope: 'read',
  });
  const frontId = secrets.get('front')?.client_id;
  const middleId = secrets.get('middle')?.client_id;
  expect(claimsOf(first)).toMatchObject({
    sub: 'auth0|ann-id',
    aud: middle,
    azp: frontId,
    act: { sub: frontId },
  });
  const second = await exchange('middle', textOf(first, 'access_token'), { audience: back });
  expect(claimsOf(second)).toMatchObject({
    sub: 'auth0|ann-id',
    aud: back,
    azp: middleId,
    act: { sub: middleId, act: { sub: frontId } },
  });
  expect(t.logTypes()).toContain('success_on_behalf_of_token_exchange');
});

it('a token of another API, of nobody, or of a client is no subject', async () => {
  const machine = await t.token('machine', { grant_type: 'client_credentials', audience: 'urn:rbac' });
  const refused = await Promise.all([
    exchange('front', await userToken('ann', middle)),
    exchange('front', 'nothing'),
    exchange('front', textOf(machine, 'access_token')),
    exchange('front', `${await userToken()}x`),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(refused[0]?.headers.get('x-tenant-hint')).toContain('On-Behalf-Of');
  expect(t.logTypes()).toContain('failed_on_behalf_of_token_exchange');
});

it('scopes that the client grant lacks, and an API without a grant, are refused', async () => {
  const token = await userToken();
  const beyond = await exchange('front', token, { scope: 'read write' });
  expect([beyond.status, beyond.json]).toEqual([
    403,
    { error: 'access_denied', error_description: 'Client has not been granted scopes: write' },
  ]);
  expect((await exchange('front', token, { audience: 'urn:online' })).status).toBe(403);
  expect((await exchange('front', token, { audience: 'urn:unknown' })).status).toBe(400);
});

it.each(['subject_token', 'requested_token_type', 'audience'])('%s is required', async (name) => {
  const refused = await exchange('front', await userToken(), { [name]: '' });
  expect([refused.status, refused.json['error']]).toEqual([400, 'invalid_request']);
});

it('a chain of more than four clients is refused', async () => {
  let token = await userToken('ann', middle);
  for (let step = 0; step < 4; step += 1) {
    const next = await exchange('middle', token, { audience: middle });
    expect([step, next.status]).toEqual([step, 200]);
    token = textOf(next, 'access_token');
  }
  const refused = await exchange('middle', token, { audience: back });
  expect([refused.status, refused.json['error_description']]).toEqual([
    400,
    'Delegation chain (`act` claim) depth exceeds the maximum allowed limit of 4',
  ]);
});

it('without a proof the token is a bearer token, with one it is bound to the key of the API', async () => {
  const token = await userToken('ann', middle);
  const plain = claimsOf(await exchange('middle', token, { audience: back }));
  expect(plain).not.toHaveProperty('cnf');
  const key = await createProofKey(t);
  const bound = await exchange('middle', token, { audience: back }, { dpop: await key.prove() });
  expect(bound.json['token_type']).toBe('DPoP');
  expect(claimsOf(bound)).toMatchObject({ cnf: { jkt: key.jkt } });
});

it('an Action decides about the exchange, and cannot change who has acted', async () => {
  const made = await t.manage('POST', '/actions/actions', {
    name: 'chain',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: `exports.onExecutePostLogin = async (event, api) => {
      if (event.transaction.protocol !== 'oauth2-token-exchange') return;
      if (event.request.body.subject_token) return api.access.deny('the token leaks');
      if (event.transaction.requested_scopes.length === 0) return api.access.deny('nothing asked');
      api.accessToken.setCustomClaim('act', { sub: 'somebody' });
      api.accessToken.setCustomClaim('chained', event.client.name);
    };`,
    deploy: true,
  });
  const bindings = [{ ref: { type: 'action_id', value: made.json['id'] }, display_name: 'chain' }];
  expect((await t.manage('PATCH', '/actions/triggers/post-login/bindings', { bindings })).status).toBe(200);
  const answer = await exchange('front', await userToken());
  expect(claimsOf(answer)).toMatchObject({
    chained: 'front',
    act: { sub: secrets.get('front')?.client_id },
  });
  await t.manage('PATCH', '/actions/triggers/post-login/bindings', { bindings: [] });
});

it('an expired token, and that of a user who has been blocked, are refused', async () => {
  const token = await userToken();
  await t.manage('PATCH', '/users/auth0%7Cann-id', { blocked: true });
  expect((await exchange('front', token)).status).toBe(401);
  await t.manage('PATCH', '/users/auth0%7Cann-id', { blocked: false });
  expect((await exchange('front', token)).status).toBe(200);
  t.clock.offsetS += 86_401;
  expect((await exchange('front', token)).status).toBe(401);
});

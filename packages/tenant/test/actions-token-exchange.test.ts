import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { directory, testSeed } from './support/seed.ts';
import { claimsOf } from './support/start-test-tenant.ts';

const type = 'urn:example:legacy-token';
const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
const code = `exports.onExecuteCustomTokenExchange = async (event, api) => {
  const token = event.transaction.subject_token;
  if (token === 'forged') return api.access.rejectInvalidSubjectToken('forged token');
  if (token === 'late') return api.access.deny('invalid_scope', 'too late');
  if (token === 'nobody') return;
  if (token === 'new') {
    const profile = { user_id: 'legacy-1', email: 'legacy@example.com', email_verified: true };
    return api.authentication.setUserByConnection('${directory}', profile, { creationBehavior: 'create_if_not_exists' });
  }
  api.authentication.setUserById(token);
  api.user.setAppMetadata('legacy', true);
};`;

let t: ManagedTenant;
beforeAll(async () => {
  const clients = [...testSeed.clients, { client_id: 'exchanging', grant_types: [grant_type] }];
  t = await startManagedTenant('memory', { ...testSeed, clients });
  const supported_triggers = [{ id: 'custom-token-exchange', version: 'v1' }];
  const made = await t.manage('POST', '/actions/actions', {
    name: 'legacy',
    supported_triggers,
    code,
    deploy: true,
  });
  const profile = {
    name: 'legacy',
    subject_token_type: type,
    action_id: made.json['id'],
    type: 'custom_authentication',
  };
  expect((await t.manage('POST', '/token-exchange-profiles', profile)).status).toBe(201);
});
afterAll(() => t.close());

const exchange = (subject_token: string) =>
  t.token('exchanging', { grant_type, subject_token, subject_token_type: type, scope: 'openid' });

it('a subject token is exchanged for tokens of the user that the Action sets, if the client is allowed to', async () => {
  expect((await exchange('auth0|ann-id')).json['error']).toBe('invalid_request');
  const token_exchange = { allow_any_profile_of_type: ['custom_authentication'] };
  expect((await t.manage('PATCH', '/clients/exchanging', { token_exchange })).status).toBe(200);
  expect(claimsOf(await exchange('auth0|ann-id'), 'id_token').sub).toBe('auth0|ann-id');
  expect(t.stored.users.get('auth0|ann-id')?.app_metadata).toEqual({ legacy: true });
  expect(claimsOf(await exchange('new'), 'id_token').sub).toBe('auth0|legacy-1');
  expect(claimsOf(await exchange('new'), 'id_token').sub).toBe('auth0|legacy-1');
});

it.each([
  ['forged', 400, 'invalid_request', 'forged token'],
  ['late', 400, 'invalid_scope', 'too late'],
  ['nobody', 500, 'server_error', 'The Action legacy has not set a user.'],
  ['auth0|unknown', 400, 'invalid_request', 'The user does not exist.'],
])('the exchange of %s answers %i %s', async (token, status, error, error_description) => {
  const answer = await exchange(token);
  expect([answer.status, answer.json]).toEqual([status, { error, error_description }]);
});

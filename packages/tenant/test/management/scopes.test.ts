import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_SCOPES } from '../../src/authorization/management-scopes.ts';
import { managementRows } from '../../src/management/management-rows.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';

/** Auth0's documented scopes of each call: any one of them is sufficient. */
const documented = `
GET /actions/actions  read:actions
GET /actions/triggers  read:actions
GET /actions/triggers/:id/bindings  read:actions
PATCH /actions/triggers/:id/bindings  update:actions update:triggers
GET /attack-protection/breached-password-detection  read:attack_protection
PATCH /attack-protection/breached-password-detection  update:attack_protection
GET /attack-protection/brute-force-protection  read:attack_protection
PATCH /attack-protection/brute-force-protection  update:attack_protection
GET /attack-protection/suspicious-ip-throttling  read:attack_protection
PATCH /attack-protection/suspicious-ip-throttling  update:attack_protection
GET /client-grants  read:client_grants
POST /client-grants  create:client_grants
GET /client-grants/:id  read:client_grants
PATCH /client-grants/:id  update:client_grants
DELETE /client-grants/:id  delete:client_grants
GET /clients  read:clients read:client_keys
POST /clients  create:clients
GET /clients/:id  read:clients read:client_keys
PATCH /clients/:id  update:clients update:client_keys update:client_credentials
DELETE /clients/:id  delete:clients
POST /clients/:id/rotate-secret  update:client_keys
GET /clients/:client_id/credentials  read:client_credentials
POST /clients/:client_id/credentials  create:client_credentials
GET /clients/:client_id/credentials/:credential_id  read:client_credentials
DELETE /clients/:client_id/credentials/:credential_id  delete:client_credentials
GET /clients/:id/connections  read:connections
GET /connections  read:connections
POST /connections  create:connections
GET /connections/:id  read:connections
PATCH /connections/:id  update:connections
DELETE /connections/:id  delete:connections
GET /connections/:id/clients  read:connections
PATCH /connections/:id/clients  update:connections
GET /connections-directory-provisionings  read:connections
GET /device-credentials  read:device_credentials
DELETE /device-credentials/:id  delete:device_credentials
GET /emails/provider  read:email_provider
POST /emails/provider  create:email_provider
PATCH /emails/provider  update:email_provider
DELETE /emails/provider  delete:email_provider
GET /grants  read:grants
DELETE /grants  delete:grants
DELETE /grants/:id  delete:grants
GET /guardian/factors  read:guardian_factors
PUT /guardian/factors/:name  update:guardian_factors
GET /guardian/factors/phone/message-types  read:guardian_factors
PUT /guardian/factors/phone/message-types  update:guardian_factors
GET /guardian/policies  read:mfa_policies
PUT /guardian/policies  update:mfa_policies
GET /jobs/:id  create:users read:users
GET /jobs/:id/errors  create:users read:users
POST /jobs/users-imports  create:users
POST /jobs/verification-email  update:users
GET /keys/signing  read:signing_keys
GET /keys/signing/:kid  read:signing_keys
POST /keys/signing/rotate  create:signing_keys update:signing_keys
PUT /keys/signing/:kid/revoke  update:signing_keys
GET /logs  read:logs read:logs_users
GET /logs/:id  read:logs read:logs_users
GET /prompts  read:prompts
PATCH /prompts  update:prompts
GET /prompts/rendering  read:prompts
GET /prompts/:prompt/custom-text/:language  read:prompts
PUT /prompts/:prompt/custom-text/:language  update:prompts
GET /prompts/:prompt/partials  read:prompts
PUT /prompts/:prompt/partials  update:prompts
GET /refresh-tokens  read:refresh_tokens
POST /refresh-tokens/revoke  delete:refresh_tokens
GET /refresh-tokens/:id  read:refresh_tokens
PATCH /refresh-tokens/:id  update:refresh_tokens
DELETE /refresh-tokens/:id  delete:refresh_tokens
GET /resource-servers  read:resource_servers
POST /resource-servers  create:resource_servers
GET /resource-servers/:id  read:resource_servers
PATCH /resource-servers/:id  update:resource_servers
DELETE /resource-servers/:id  delete:resource_servers
GET /roles  read:roles
POST /roles  create:roles
GET /roles/:id  read:roles
PATCH /roles/:id  update:roles
DELETE /roles/:id  delete:roles
GET /roles/:id/permissions  read:roles
POST /roles/:id/permissions  update:roles
DELETE /roles/:id/permissions  update:roles
GET /roles/:id/users  read:users read:roles read:role_members
POST /roles/:id/users  update:roles create:role_members
GET /sessions/:id  read:sessions
PATCH /sessions/:id  update:sessions
DELETE /sessions/:id  delete:sessions
POST /sessions/:id/revoke  delete:sessions delete:refresh_tokens
GET /tenants/settings  read:tenant_settings
PATCH /tenants/settings  update:tenant_settings
POST /tickets/email-verification  create:user_tickets
POST /tickets/password-change  create:user_tickets
GET /user-blocks  read:users
DELETE /user-blocks  update:users
GET /user-blocks/:id  read:users
DELETE /user-blocks/:id  update:users
GET /users  read:users
POST /users  create:users
GET /users/:id  read:users
PATCH /users/:id  update:users update:users_app_metadata
DELETE /users/:id  delete:users
GET /users-by-email  read:users
GET /users/:id/authentication-methods  read:authentication_methods
POST /users/:id/authentication-methods  create:authentication_methods
DELETE /users/:id/authentication-methods  delete:authentication_methods
GET /users/:id/authentication-methods/:method  read:authentication_methods
DELETE /users/:id/authentication-methods/:method  delete:authentication_methods
DELETE /users/:id/authenticators  delete:guardian_enrollments
GET /users/:id/enrollments  read:users
GET /users/:id/logs  read:logs read:logs_users
GET /users/:id/permissions  read:users
POST /users/:id/permissions  update:users
DELETE /users/:id/permissions  update:users
GET /users/:id/refresh-tokens  read:refresh_tokens
DELETE /users/:id/refresh-tokens  delete:refresh_tokens
POST /users/:id/revoke-access  delete:sessions delete:refresh_tokens
GET /users/:id/roles  read:users read:roles read:role_members
POST /users/:id/roles  update:users create:role_members
DELETE /users/:id/roles  update:users delete:role_members
GET /users/:id/sessions  read:sessions
DELETE /users/:id/sessions  delete:sessions
`
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/))
  .map(([method = '', path = '', ...scopes]) => ({ method, path, scopes, call: `${method} ${path}` }));

describe('scopes of the Management API', () => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant('memory');
  });
  afterAll(() => t.close());

  /** Existing ids, so that only the scope can cause a refusal. */
  function toPath(path: string): string {
    const state = t.stored;
    const ids: Record<string, string | undefined> = {
      users: 'auth0|ann-id',
      'user-blocks': 'auth0|ann-id',
      clients: 'strict',
      connections: state.connections.list()[0]?.id,
      'client-grants': state.clientGrants.list()[0]?.id,
      roles: state.roles.list()[0]?.id,
      'resource-servers': 'urn:rbac',
      keys: state.signingKeys.list()[0]?.kid,
    };
    const id = encodeURIComponent(ids[path.split('/')[1] ?? ''] ?? 'some');
    return path.replaceAll(/:\w+/g, id);
  }

  const send = (method: string, path: string, token: string) =>
    t.manage(method, toPath(path), method === 'GET' ? undefined : {}, { authorization: `Bearer ${token}` });

  it('are required by every call, as Auth0 documents them', () => {
    const rows = managementRows(t.tenant.context);
    const asked = rows.map(({ method, path, scopes }) => `${method} ${path}  ${scopes.toSorted().join(' ')}`);
    const expected = documented.map(({ call, scopes }) => `${call}  ${scopes.toSorted().join(' ')}`);
    expect(asked.toSorted()).toEqual(expected.toSorted());
  });

  it('all other scopes are not sufficient: 403, and nothing has changed', async () => {
    const before = (await t.get('/_tenant/export?with_keys=true')).text;
    for (const { method, path, scopes, call } of documented) {
      const others = MANAGEMENT_SCOPES.filter((scope) => !scopes.includes(scope));
      const answer = await send(method, path, await t.managementToken(others.join(' ')));
      expect([call, answer.status, answer.json['errorCode']]).toEqual([call, 403, 'insufficient_scope']);
      const [, named = ''] = /expected any of: (\S+)$/.exec(String(answer.json['message'])) ?? [];
      expect([call, named.split(',').toSorted()]).toEqual([call, scopes.toSorted()]);
    }
    expect((await t.get('/_tenant/export?with_keys=true')).text).toBe(before);
  });

  it('any one of a call’s scopes is sufficient', async () => {
    for (const { method, path, scopes, call } of documented.filter((row) => row.method === 'GET'))
      for (const scope of scopes) {
        const answer = await send(method, path, await t.managementToken(scope));
        expect([call, scope, answer.status === 403 ? answer.text : '']).toEqual([call, scope, '']);
      }
  });
});

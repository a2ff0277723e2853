import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_SCOPES } from '../../src/authorization/management-scopes.ts';
import { managementRows } from '../../src/management/management-rows.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';

/** Auth0's documented scopes of each call: any one of them is sufficient. */
const documented = `
GET /actions/actions  read:actions
GET /actions/triggers  read:actions
GET /actions/modules  read:actions
GET /organizations/:id/clients  read:organizations
GET /actions/triggers/:id/bindings  read:actions
PATCH /actions/triggers/:id/bindings  update:actions update:triggers
GET /attack-protection/breached-password-detection  read:attack_protection
PATCH /attack-protection/breached-password-detection  update:attack_protection
DELETE /actions/actions/:id  delete:actions
GET /actions/actions/:id  read:actions
GET /attack-protection/bot-detection  read:attack_protection
GET /attack-protection/captcha  read:attack_protection
PATCH /actions/actions/:id  update:actions
PATCH /attack-protection/bot-detection  update:attack_protection
PATCH /attack-protection/captcha  update:attack_protection
POST /actions/actions  create:actions
POST /actions/actions/:id/deploy  create:actions
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
POST /clients/cimd/preview  read:clients
POST /clients/cimd/register  create:clients update:clients
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
PATCH /clients/:client_id/credentials/:credential_id  update:client_credentials
GET /connections/:id/status  read:connections
DELETE /connections/:id/users  delete:users
GET /connections-scim-configurations  read:connections
GET /connections/:id/scim-configuration  read:scim_config
POST /connections/:id/scim-configuration  create:scim_config
PATCH /connections/:id/scim-configuration  update:scim_config
DELETE /connections/:id/scim-configuration  delete:scim_config
GET /connections/:id/scim-configuration/default-mapping  read:scim_config
GET /connections/:id/directory-provisioning  read:directory_provisionings
POST /connections/:id/directory-provisioning  create:directory_provisionings
PATCH /connections/:id/directory-provisioning  update:directory_provisionings
DELETE /connections/:id/directory-provisioning  delete:directory_provisionings
GET /connections/:id/directory-provisioning/default-mapping  read:directory_provisionings
GET /connections/:id/scim-configuration/tokens  read:scim_token
POST /connections/:id/scim-configuration/tokens  create:scim_token
DELETE /connections/:id/scim-configuration/tokens/:token  delete:scim_token
GET /connections/:id/directory-provisioning/synchronized-groups  read:directory_provisionings
POST /connections/:id/directory-provisioning/synchronized-groups  update:directory_provisionings
PUT /connections/:id/directory-provisioning/synchronized-groups  update:directory_provisionings
DELETE /connections/:id/directory-provisioning/synchronized-groups  update:directory_provisionings
GET /branding/templates/universal-login  read:branding
PUT /branding/templates/universal-login  update:branding
DELETE /branding/templates/universal-login  delete:branding
GET /branding/themes/default  read:branding
GET /rules-configs  read:rules_configs
PUT /rules-configs/:key  update:rules_configs
DELETE /rules-configs/:key  delete:rules_configs
GET /custom-domains/default  read:custom_domains
PATCH /custom-domains/default  update:custom_domains
POST /custom-domains/:id/verify  create:custom_domains
POST /keys/encryption/rekey  create:encryption_keys update:encryption_keys
POST /keys/encryption/:kid/wrapping-key  create:encryption_keys
POST /keys/encryption/:kid  update:encryption_keys
POST /branding/phone/providers/:id/try  create:phone_providers
POST /branding/phone/templates/:id/try  create:phone_templates
PATCH /branding/phone/templates/:id/reset  update:phone_templates
GET /hooks/:id/secrets  read:hooks
POST /hooks/:id/secrets  create:hooks
PATCH /hooks/:id/secrets  update:hooks
DELETE /hooks/:id/secrets  delete:hooks
GET /prompts/:prompt/screen/:screen/rendering  read:prompts
PATCH /prompts/:prompt/screen/:screen/rendering  update:prompts
PATCH /prompts/rendering  update:prompts
GET /blacklists/tokens  blacklist:tokens
POST /blacklists/tokens  blacklist:tokens
POST /device-credentials  create:device_credentials
GET /users/:id/connected-accounts  read:users
GET /users/:id/federated-connections-tokensets  read:federated_connections_tokens
DELETE /users/:id/federated-connections-tokensets/:set  delete:federated_connections_tokens
POST /users/:id/risk-assessments/clear  update:users
GET /guardian/factors/duo/settings  read:guardian_factors
PUT /guardian/factors/duo/settings  update:guardian_factors
PATCH /guardian/factors/duo/settings  update:guardian_factors
GET /guardian/factors/phone/selected-provider  read:guardian_factors
PUT /guardian/factors/phone/selected-provider  update:guardian_factors
GET /guardian/factors/phone/providers/twilio  read:guardian_factors
PUT /guardian/factors/phone/providers/twilio  update:guardian_factors
GET /guardian/factors/phone/templates  read:guardian_factors
PUT /guardian/factors/phone/templates  update:guardian_factors
GET /guardian/factors/sms/selected-provider  read:guardian_factors
PUT /guardian/factors/sms/selected-provider  update:guardian_factors
GET /guardian/factors/sms/providers/twilio  read:guardian_factors
PUT /guardian/factors/sms/providers/twilio  update:guardian_factors
GET /guardian/factors/sms/templates  read:guardian_factors
PUT /guardian/factors/sms/templates  update:guardian_factors
GET /guardian/factors/push-notification/selected-provider  read:guardian_factors
PUT /guardian/factors/push-notification/selected-provider  update:guardian_factors
GET /guardian/factors/push-notification/providers/apns  read:guardian_factors
PUT /guardian/factors/push-notification/providers/apns  update:guardian_factors
PATCH /guardian/factors/push-notification/providers/apns  update:guardian_factors
PUT /guardian/factors/push-notification/providers/fcm  update:guardian_factors
PATCH /guardian/factors/push-notification/providers/fcm  update:guardian_factors
PUT /guardian/factors/push-notification/providers/fcmv1  update:guardian_factors
PATCH /guardian/factors/push-notification/providers/fcmv1  update:guardian_factors
GET /guardian/factors/push-notification/providers/sns  read:guardian_factors
PUT /guardian/factors/push-notification/providers/sns  update:guardian_factors
PATCH /guardian/factors/push-notification/providers/sns  update:guardian_factors
GET /guardian/factors/webauthn-platform/settings  read:guardian_factors
PUT /guardian/factors/webauthn-platform/settings  update:guardian_factors
GET /guardian/factors/webauthn-roaming/settings  read:guardian_factors
PUT /guardian/factors/webauthn-roaming/settings  update:guardian_factors
GET /branding  read:branding
PATCH /branding  update:branding
GET /risk-assessments/settings  read:attack_protection
PATCH /risk-assessments/settings  update:attack_protection
GET /risk-assessments/settings/new-device  read:attack_protection
PATCH /risk-assessments/settings/new-device  update:attack_protection
GET /supplemental-signals  read:attack_protection
PATCH /supplemental-signals  update:attack_protection
GET /self-service-profiles/:id/custom-text/:language/:page  read:self_service_profile_custom_texts
PUT /self-service-profiles/:id/custom-text/:language/:page  update:self_service_profile_custom_texts
GET /branding/themes/:kept_id  read:branding
POST /branding/themes  create:branding
PATCH /branding/themes/:kept_id  update:branding
DELETE /branding/themes/:kept_id  delete:branding
GET /branding/phone/providers  read:phone_providers
GET /branding/phone/providers/:kept_id  read:phone_providers
POST /branding/phone/providers  create:phone_providers
PATCH /branding/phone/providers/:kept_id  update:phone_providers
DELETE /branding/phone/providers/:kept_id  delete:phone_providers
GET /branding/phone/templates  read:phone_templates
GET /branding/phone/templates/:kept_id  read:phone_templates
POST /branding/phone/templates  create:phone_templates
PATCH /branding/phone/templates/:kept_id  update:phone_templates
DELETE /branding/phone/templates/:kept_id  delete:phone_templates
GET /custom-domains  read:custom_domains
GET /custom-domains/:kept_id  read:custom_domains
POST /custom-domains  create:custom_domains
PATCH /custom-domains/:kept_id  update:custom_domains
DELETE /custom-domains/:kept_id  delete:custom_domains
GET /log-streams  read:log_streams
GET /log-streams/:kept_id  read:log_streams
POST /log-streams  create:log_streams
PATCH /log-streams/:kept_id  update:log_streams
DELETE /log-streams/:kept_id  delete:log_streams
GET /event-streams  read:event_streams
GET /event-streams/:kept_id  read:event_streams
POST /event-streams  create:event_streams
PATCH /event-streams/:kept_id  update:event_streams
DELETE /event-streams/:kept_id  delete:event_streams
GET /rules  read:rules
GET /rules/:kept_id  read:rules
POST /rules  create:rules
PATCH /rules/:kept_id  update:rules
DELETE /rules/:kept_id  delete:rules
GET /hooks  read:hooks
GET /hooks/:kept_id  read:hooks
POST /hooks  create:hooks
PATCH /hooks/:kept_id  update:hooks
DELETE /hooks/:kept_id  delete:hooks
GET /flows/vault/connections  read:flows_vault_connections
GET /flows/vault/connections/:kept_id  read:flows_vault_connections
POST /flows/vault/connections  create:flows_vault_connections
PATCH /flows/vault/connections/:kept_id  update:flows_vault_connections
DELETE /flows/vault/connections/:kept_id  delete:flows_vault_connections
GET /flows  read:flows
GET /flows/:kept_id  read:flows
POST /flows  create:flows
PATCH /flows/:kept_id  update:flows
DELETE /flows/:kept_id  delete:flows
GET /forms  read:forms
GET /forms/:kept_id  read:forms
POST /forms  create:forms
PATCH /forms/:kept_id  update:forms
DELETE /forms/:kept_id  delete:forms
GET /token-exchange-profiles  read:token_exchange_profiles
GET /token-exchange-profiles/:kept_id  read:token_exchange_profiles
POST /token-exchange-profiles  create:token_exchange_profiles
PATCH /token-exchange-profiles/:kept_id  update:token_exchange_profiles
DELETE /token-exchange-profiles/:kept_id  delete:token_exchange_profiles
GET /network-acls  read:network_acls
GET /network-acls/:kept_id  read:network_acls
POST /network-acls  create:network_acls
PATCH /network-acls/:kept_id  update:network_acls
PUT /network-acls/:kept_id  update:network_acls
DELETE /network-acls/:kept_id  delete:network_acls
GET /self-service-profiles  read:self_service_profiles
GET /self-service-profiles/:kept_id  read:self_service_profiles
POST /self-service-profiles  create:self_service_profiles
PATCH /self-service-profiles/:kept_id  update:self_service_profiles
DELETE /self-service-profiles/:kept_id  delete:self_service_profiles
GET /user-attribute-profiles  read:user_attribute_profiles
GET /user-attribute-profiles/:kept_id  read:user_attribute_profiles
POST /user-attribute-profiles  create:user_attribute_profiles
PATCH /user-attribute-profiles/:kept_id  update:user_attribute_profiles
DELETE /user-attribute-profiles/:kept_id  delete:user_attribute_profiles
GET /connection-profiles  read:connection_profiles
GET /connection-profiles/:kept_id  read:connection_profiles
POST /connection-profiles  create:connection_profiles
PATCH /connection-profiles/:kept_id  update:connection_profiles
DELETE /connection-profiles/:kept_id  delete:connection_profiles
GET /rate-limit-policies  read:rate_limit_policies
GET /rate-limit-policies/:kept_id  read:rate_limit_policies
POST /rate-limit-policies  create:rate_limit_policies
PATCH /rate-limit-policies/:kept_id  update:rate_limit_policies
DELETE /rate-limit-policies/:kept_id  delete:rate_limit_policies
GET /keys/encryption  read:encryption_keys
GET /keys/encryption/:kept_id  read:encryption_keys
POST /keys/encryption  create:encryption_keys
DELETE /keys/encryption/:kept_id  delete:encryption_keys
GET /verifiable-credentials/verification/templates  read:vcs_templates
GET /verifiable-credentials/verification/templates/:kept_id  read:vcs_templates
POST /verifiable-credentials/verification/templates  create:vcs_templates
PATCH /verifiable-credentials/verification/templates/:kept_id  update:vcs_templates
DELETE /verifiable-credentials/verification/templates/:kept_id  delete:vcs_templates
GET /email-templates/:kept_id  read:email_templates
POST /email-templates  create:email_templates
PATCH /email-templates/:kept_id  update:email_templates
PUT /email-templates/:kept_id  update:email_templates
POST /users/:id/identities  update:users
DELETE /users/:id/identities/:provider/:user_id  update:users
PUT /users/:id/authentication-methods  update:authentication_methods
PATCH /users/:id/authentication-methods/:method  update:authentication_methods
POST /users/:id/recovery-code-regeneration  update:users
DELETE /users/:id/multifactor/:provider  update:users
POST /users/:id/multifactor/actions/invalidate-remember-browser  update:users
POST /guardian/enrollments/ticket  create:guardian_enrollment_tickets
GET /guardian/enrollments/:id  read:guardian_enrollments
DELETE /guardian/enrollments/:id  delete:guardian_enrollments
POST /jobs/users-exports  read:users
GET /stats/active-users  read:stats
GET /stats/daily  read:stats
GET /anomaly/blocks/ips/:ip  read:anomaly_blocks
DELETE /anomaly/blocks/ips/:ip  delete:anomaly_blocks
GET /organizations  read:organizations read:organizations_summary
POST /organizations  create:organizations
GET /organizations/name/:name  read:organizations
GET /organizations/:id  read:organizations
PATCH /organizations/:id  update:organizations
DELETE /organizations/:id  delete:organizations
GET /organizations/:id/enabled_connections  read:organization_connections
GET /organizations/:id/enabled_connections/:connection  read:organization_connections
POST /organizations/:id/enabled_connections  create:organization_connections
PATCH /organizations/:id/enabled_connections/:connection  update:organization_connections
DELETE /organizations/:id/enabled_connections/:connection  delete:organization_connections
GET /organizations/:id/connections  read:organization_connections
GET /organizations/:id/connections/:connection  read:organization_connections
POST /organizations/:id/connections  create:organization_connections
PATCH /organizations/:id/connections/:connection  update:organization_connections
DELETE /organizations/:id/connections/:connection  delete:organization_connections
GET /organizations/:id/members  read:organization_members
POST /organizations/:id/members  create:organization_members
DELETE /organizations/:id/members  delete:organization_members
GET /organizations/:id/members/:user/roles  read:organization_member_roles
POST /organizations/:id/members/:user/roles  create:organization_member_roles
DELETE /organizations/:id/members/:user/roles  delete:organization_member_roles
GET /organizations/:id/roles/:role/members  read:organization_member_roles
GET /users/:id/organizations  read:organizations
GET /organizations/:id/invitations  read:organization_invitations
POST /organizations/:id/invitations  create:organization_invitations
GET /organizations/:id/invitations/:invitation  read:organization_invitations
DELETE /organizations/:id/invitations/:invitation  delete:organization_invitations
GET /organizations/:id/client-grants  read:organization_client_grants
POST /organizations/:id/client-grants  create:organization_client_grants
DELETE /organizations/:id/client-grants/:grant  delete:organization_client_grants
GET /client-grants/:id/organizations  read:organization_client_grants
GET /organizations/:id/discovery-domains/name/:domain  read:organization_discovery_domains
GET /organizations/:id/discovery-domains  read:organization_discovery_domains
POST /organizations/:id/discovery-domains  create:organization_discovery_domains
GET /organizations/:id/discovery-domains/:kept_id  read:organization_discovery_domains
PATCH /organizations/:id/discovery-domains/:kept_id  update:organization_discovery_domains
DELETE /organizations/:id/discovery-domains/:kept_id  delete:organization_discovery_domains
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

/** Undocumented Auth0 operations that recorded requests of its clients contain. */
const RECORDED = `
blacklists: /tokens GP
event-streams: /{}/stats G
guardian: /factors/webauthn-platform/settings GW; /factors/webauthn-roaming/settings GW
prompts: /{} GU
`;

/**
 * Auth0's Management API by family: paths below the family (`.` is the family itself, `{}` a parameter) with their
 * methods: G GET, P POST, U PATCH, W PUT, D DELETE.
 */
const DOCUMENTED = `
actions: /actions GP; /actions/{} GUD; /actions/{}/deploy P; /actions/{}/test P; /actions/{}/versions G; /actions/{}/versions/{} G; /actions/{}/versions/{}/deploy P; /executions/{} G; /modules GP; /modules/{} GUD; /modules/{}/actions G; /modules/{}/rollback P; /modules/{}/versions GP; /modules/{}/versions/{} G; /triggers G; /triggers/{}/bindings GU
agents: . GP; /{} GUD
anomaly: /blocks/ips/{} GD
attack-protection: /bot-detection GU; /breached-password-detection GU; /brute-force-protection GU; /captcha GU; /phone-provider-protection GU; /suspicious-ip-throttling GU
branding: . GU; /phone/providers GP; /phone/providers/{} GUD; /phone/providers/{}/try P; /phone/templates GP; /phone/templates/{} GUD; /phone/templates/{}/reset U; /phone/templates/{}/try P; /templates/universal-login GWD; /themes P; /themes/default G; /themes/{} GUD
client-grants: . GP; /{} GUD; /{}/organizations G
clients: . GP; /cimd/preview P; /cimd/register P; /search G; /{} GUD; /{}/connections G; /{}/credentials GP; /{}/credentials/{} GUD; /{}/rotate-secret P
connection-profiles: . GP; /templates G; /templates/{} G; /{} GUD
connections: . GP; /{} GUD; /{}/clients GU; /{}/directory-provisioning GPUD; /{}/directory-provisioning/default-mapping G; /{}/directory-provisioning/synchronizations P; /{}/directory-provisioning/synchronized-groups GPWD; /{}/keys GP; /{}/keys/rotate P; /{}/scim-configuration GPUD; /{}/scim-configuration/default-mapping G; /{}/scim-configuration/tokens GP; /{}/scim-configuration/tokens/{} D; /{}/status G; /{}/users D
connections-directory-provisionings: . G
connections-scim-configurations: . G
custom-domains: . GP; /default GU; /{} GUD; /{}/test P; /{}/verify P
device-credentials: . GP; /{} D
email-templates: . P; /{} GUW
emails: /provider GPUD
event-streams: . GP; /{} GUD; /{}/deliveries G; /{}/deliveries/{} G; /{}/redeliver P; /{}/redeliver/{} P; /{}/test P
events: . G
experimentation: /experiments GP; /experiments/{} GUD; /experiments/{}/status P; /experiments/{}/validate P; /feature-flags GP; /feature-flags/{} GUD; /feature-flags/{}/status P; /feature-flags/{}/variations GP; /feature-flags/{}/variations/{} GUD; /segments GP; /segments/{} GUD
flows: . GP; /vault/connections GP; /vault/connections/{} GUD; /{} GUD; /{}/executions G; /{}/executions/{} GD
forms: . GP; /{} GUD
grants: . GD; /{} D
groups: . G; /{} GD; /{}/members G; /{}/roles GPD
guardian: /enrollments/ticket P; /enrollments/{} GD; /factors G; /factors/duo/settings GUW; /factors/phone/message-types GW; /factors/phone/providers/twilio GW; /factors/phone/selected-provider GW; /factors/phone/templates GW; /factors/push-notification/providers/apns GUW; /factors/push-notification/providers/fcm UW; /factors/push-notification/providers/fcmv1 UW; /factors/push-notification/providers/sns GUW; /factors/push-notification/selected-provider GW; /factors/sms/providers/twilio GW; /factors/sms/selected-provider GW; /factors/sms/templates GW; /factors/{} W; /policies GW
hooks: . GP; /{} GUD; /{}/secrets GPUD
jobs: /users-exports P; /users-imports P; /verification-email P; /{} G; /{}/errors G
keys: /custom-signing GWD; /encryption GP; /encryption/rekey P; /encryption/{} GPD; /encryption/{}/wrapping-key P; /network-acls GP; /network-acls/{} GD; /signing G; /signing/rotate P; /signing/{} G; /signing/{}/revoke W
log-streams: . GP; /{} GUD
logs: . G; /{} G
network-acls: . GP; /{} GUWD
organizations: . GP; /name/{} G; /{} GUD; /{}/client-grants GP; /{}/client-grants/{} D; /{}/clients GPD; /{}/clients/{} GU; /{}/connections GP; /{}/connections/{} GUD; /{}/discovery-domains GP; /{}/discovery-domains/name/{} G; /{}/discovery-domains/{} GUD; /{}/enabled_connections GP; /{}/enabled_connections/{} GUD; /{}/groups G; /{}/groups/{}/roles GPD; /{}/invitations GP; /{}/invitations/{} GD; /{}/members GPD; /{}/members/{}/effective-roles G; /{}/members/{}/effective-roles/sources/groups G; /{}/members/{}/roles GPD; /{}/roles/{}/groups G; /{}/roles/{}/members G
prompts: . GU; /rendering GU; /{}/custom-text/{} GW; /{}/partials GW; /{}/screen/{}/rendering GU
rate-limit-policies: . GP; /{} GUD
refresh-tokens: . G; /revoke P; /{} GUD
resource-servers: . GP; /{} GUD
risk-assessments: /settings GU; /settings/new-device GU
roles: . GP; /{} GUD; /{}/groups GPD; /{}/permissions GPD; /{}/users GP
rules: . GP; /{} GUD
rules-configs: . G; /{} WD
self-service-profiles: . GP; /{} GUD; /{}/custom-text/{}/{} GW; /{}/sso-ticket P; /{}/sso-ticket/{}/revoke P
sessions: /{} GUD; /{}/revoke P
stats: /active-users G; /daily G
supplemental-signals: . GU
tenants: /settings GU
tickets: /email-verification P; /password-change P
token-exchange-profiles: . GP; /{} GUD
user-attribute-profiles: . GP; /templates G; /templates/{} G; /{} GUD
user-blocks: . GD; /{} GD
users: . GP; /{} GUD; /{}/authentication-methods GPWD; /{}/authentication-methods/{} GUD; /{}/authenticators D; /{}/connected-accounts G; /{}/effective-permissions G; /{}/effective-permissions/sources/effective-roles G; /{}/effective-roles G; /{}/effective-roles/sources/groups G; /{}/enrollments G; /{}/federated-connections-tokensets G; /{}/federated-connections-tokensets/{} D; /{}/groups G; /{}/identities P; /{}/identities/{}/{} D; /{}/logs G; /{}/multifactor/actions/invalidate-remember-browser P; /{}/multifactor/{} D; /{}/organizations G; /{}/permissions GPD; /{}/recovery-code-regeneration P; /{}/refresh-tokens GD; /{}/revoke-access P; /{}/risk-assessments/clear P; /{}/roles GPD; /{}/sessions GD
users-by-email: . G
verifiable-credentials: /verification/templates GP; /verification/templates/{} GUD
`;

const METHODS: Readonly<Record<string, Operation['method']>> = {
  G: 'GET',
  P: 'POST',
  U: 'PATCH',
  W: 'PUT',
  D: 'DELETE',
};

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v2`, with `{}` for a parameter. */
  readonly path: string;
}

/** Every operation of Auth0's Management API. */
export const MANAGEMENT_OPERATIONS: readonly Operation[] = `${DOCUMENTED}${RECORDED}`
  .split('\n')
  .filter((line) => line.trim() !== '')
  .flatMap((line) => {
    const [family = '', paths = ''] = line.split(/: (.*)/s);
    return paths.split('; ').flatMap((one) => {
      const [below = '', letters = ''] = one.split(' ');
      const path = `/${family}${below === '.' ? '' : below}`;
      return letters.split('').map((letter) => ({ method: METHODS[letter] ?? 'GET', path }));
    });
  });

const toKey = (path: string): string => path.replaceAll(/\{\}|:\w+/g, '*');

/** The operation as one string, independent of how its path writes parameters (`{id}` or `:id`). */
export const operationKey = ({ method, path }: Operation): string => `${method} ${toKey(path)}`;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const PATTERNS = MANAGEMENT_OPERATIONS.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.split('{}').map(escaped).join('[^/]+')}/?$`),
}));

/** Whether Auth0 has an operation at this path, below `/api/v2`. */
export const isAuth0Operation = (method: string, path: string): boolean =>
  PATTERNS.some((one) => one.method === method && one.pattern.test(path));

/**
 * What a tenant must have for the contract, by the name of its environment variable without `AUTH0_CONTRACT_`.
 * The embedded tenant is described by the same record.
 */
export const settingMeanings = {
  DOMAIN: 'domain of the tenant, such as `example.eu.auth0.com`',
  CLIENT_ID: 'the application that most rows use',
  CLIENT_SECRET: 'its secret',
  AUDIENCE: 'the API that most rows use',
  SCOPES: 'two scopes of that API, separated by a space',
  CONNECTION: 'the database connection; it is the default directory too',
  CALLBACK: 'a registered callback of each application; nobody needs to listen there',
  LOGOUT_URL: 'a registered logout URL of the application',
  MACHINE_CLIENT_ID: 'a machine client',
  MACHINE_CLIENT_SECRET: 'its secret',
  OTHER_CLIENT_ID: 'another application, whose refresh tokens have a leeway',
  OTHER_CLIENT_SECRET: 'its secret',
  OTHER_LEEWAY_S: 'that leeway, in seconds',
  THIRD_PARTY_CLIENT_ID: 'a third-party application',
  THIRD_PARTY_CLIENT_SECRET: 'its secret',
  DPOP_AUDIENCE: 'an API that takes DPoP',
  DPOP_SCOPE: 'a scope of that API',
  RBAC_AUDIENCE: 'an API with RBAC and permissions in its tokens, whose identifier is no URL',
  RBAC_SCOPES: 'two scopes of that API: the user has the first',
  RBAC_USERNAME: 'a user with that one permission',
  RBAC_PASSWORD: 'the password of that user',
  BLOCKED_USERNAME: 'a blocked user',
  BLOCKED_PASSWORD: 'the password of that user',
  MANAGEMENT_CLIENT_ID: 'a machine client that may use the Management API',
  MANAGEMENT_CLIENT_SECRET: 'its secret',
  MFA_CLIENT_ID: 'an application that asks users who have a second factor for it',
  MFA_CLIENT_SECRET: 'its secret',
  PHONE_NUMBER: 'a phone that may be sent messages, as `+15550100300`',
  USERNAME_CONNECTION: 'a database connection whose users have a username and need no email address',
  PHONE_CONNECTION: 'a database connection whose users have a phone number and need no email address',
  ORGANIZATION_ID: 'an organization that the application may be used with',
  ORGANIZATION_NAME: 'its name',
  ORGANIZATION_USERNAME: 'a member of it',
  ORGANIZATION_PASSWORD: 'the password of that user',
} as const;

export type SettingName = keyof typeof settingMeanings;
export type Settings = Readonly<Partial<Record<SettingName, string>>>;

export const defaultSettings = {
  CONNECTION: 'Username-Password-Authentication',
  CALLBACK: 'https://contract.example/callback',
  LOGOUT_URL: 'https://contract.example/signed-out',
} as const satisfies Settings;

/** Without these nothing can be asked of a tenant at all. */
export const basicSettings = ['DOMAIN', 'CLIENT_ID', 'CLIENT_SECRET', 'AUDIENCE', 'SCOPES'] as const;

/** What a row needs beyond those. */
export const needs = {
  management: ['MANAGEMENT_CLIENT_ID', 'MANAGEMENT_CLIENT_SECRET'],
  machine: ['MACHINE_CLIENT_ID', 'MACHINE_CLIENT_SECRET'],
  other: ['OTHER_CLIENT_ID', 'OTHER_CLIENT_SECRET', 'OTHER_LEEWAY_S'],
  'third party': ['THIRD_PARTY_CLIENT_ID', 'THIRD_PARTY_CLIENT_SECRET'],
  dpop: ['DPOP_AUDIENCE', 'DPOP_SCOPE'],
  rbac: ['RBAC_AUDIENCE', 'RBAC_SCOPES', 'RBAC_USERNAME', 'RBAC_PASSWORD'],
  'blocked user': ['BLOCKED_USERNAME', 'BLOCKED_PASSWORD'],
  'second factor': ['MFA_CLIENT_ID', 'MFA_CLIENT_SECRET'],
  phone: ['PHONE_NUMBER'],
  usernames: ['USERNAME_CONNECTION'],
  'phone numbers': ['PHONE_CONNECTION'],
  organization: ['ORGANIZATION_ID', 'ORGANIZATION_NAME', 'ORGANIZATION_USERNAME', 'ORGANIZATION_PASSWORD'],
} as const satisfies Record<string, readonly SettingName[]>;

export type Need = keyof typeof needs;

export const variableOf = (name: SettingName): string => `AUTH0_CONTRACT_${name}`;

/** What an environment says of a real tenant; an empty variable says nothing. */
export function toSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  // The keys of an object literal are those of its type.
  const names = Object.keys(settingMeanings) as SettingName[];
  const given = names.flatMap((name) => {
    const value = env[variableOf(name)];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return { ...defaultSettings, ...Object.fromEntries(given) };
}

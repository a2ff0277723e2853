/**
 * The required configuration of a tenant for the contract, by environment variable without `AUTH0_CONTRACT_`. The
 * embedded tenant uses the same record.
 */
export const settingDescriptions = {
  DOMAIN: 'domain of the tenant, such as `example.eu.auth0.com`',
  CLIENT_ID: 'the application that most rows use',
  CLIENT_SECRET: 'its secret',
  AUDIENCE: 'the API that most rows use',
  SCOPES: 'two scopes of that API, separated by a space',
  CONNECTION: 'the database connection; it is the default directory too',
  CALLBACK: 'a registered callback of each application; no server needs to listen there',
  LOGOUT_URL: 'a registered logout URL of the application',
  MACHINE_CLIENT_ID: 'a machine client',
  MACHINE_CLIENT_SECRET: 'its secret',
  OTHER_CLIENT_ID: 'another application, whose refresh tokens have a leeway',
  OTHER_CLIENT_SECRET: 'its secret',
  OTHER_LEEWAY_S: 'that leeway, in seconds',
  THIRD_PARTY_CLIENT_ID: 'a third-party application',
  THIRD_PARTY_CLIENT_SECRET: 'its secret',
  DPOP_AUDIENCE: 'an API that accepts DPoP',
  DPOP_SCOPE: 'a scope of that API',
  RBAC_AUDIENCE: 'an API with RBAC and permissions in its tokens, whose identifier is not a URL',
  RBAC_SCOPES: 'two scopes of that API: the user has the first',
  RBAC_USERNAME: 'a user with that one permission',
  RBAC_PASSWORD: 'the password of that user',
  BLOCKED_USERNAME: 'a blocked user',
  BLOCKED_PASSWORD: 'the password of that user',
  MANAGEMENT_CLIENT_ID: 'a machine client that can use the Management API',
  MANAGEMENT_CLIENT_SECRET: 'its secret',
  MFA_CLIENT_ID: 'an application that requires the second factor of enrolled users',
  MFA_CLIENT_SECRET: 'its secret',
  PHONE_NUMBER: 'a phone that can receive messages, such as `+15550100300`',
  USERNAME_CONNECTION: 'a database connection whose users have a username and need no email address',
  PHONE_CONNECTION: 'a database connection whose users have a phone number and need no email address',
  ORGANIZATION_ID: 'an organization that can sign in to the application',
  ORGANIZATION_NAME: 'its name',
  ORGANIZATION_USERNAME: 'a member of it',
  ORGANIZATION_PASSWORD: 'the password of that user',
} as const;

export type SettingName = keyof typeof settingDescriptions;
export type Settings = Readonly<Partial<Record<SettingName, string>>>;

export const defaultSettings = {
  CONNECTION: 'Username-Password-Authentication',
  CALLBACK: 'https://contract.example/callback',
  LOGOUT_URL: 'https://contract.example/signed-out',
} as const satisfies Settings;

/** The settings that every row needs. */
export const basicSettings = ['DOMAIN', 'CLIENT_ID', 'CLIENT_SECRET', 'AUDIENCE', 'SCOPES'] as const;

/** Further settings that a row can need. */
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

/** The settings of a real tenant in an environment; an empty variable counts as unset. */
export function toSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  // The keys of an object literal are those of its type.
  const names = Object.keys(settingDescriptions) as SettingName[];
  const given = names.flatMap((name) => {
    const value = env[variableOf(name)];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return { ...defaultSettings, ...Object.fromEntries(given) };
}

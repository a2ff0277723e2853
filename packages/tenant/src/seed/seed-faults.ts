import { createPublicKey } from 'node:crypto';
import { identityKey } from '../state/state.ts';
import type { KnownNames } from './known-names.ts';
import { MANAGEMENT_API } from './management-api.ts';
import type { SeedInput } from './seed-input.ts';
import { toUserId } from './to-user-id.ts';

type Fault = string;

/** References in a seed that exist neither in it nor in the tenant, and invalid keys, each as `where: what`. */
export function seedFaults(seed: SeedInput, managementIdentifier: string, known: KnownNames): Fault[] {
  const scopesOf = new Map([
    ...known.scopesOf,
    ...seed.resource_servers.flatMap(({ identifier, scopes }) =>
      scopes === undefined && known.scopesOf.has(identifier)
        ? []
        : [[identifier, new Set(scopes?.map((scope) => scope.value))] as const],
    ),
  ]);
  const connections = new Map([
    ...known.connections,
    ...seed.connections.map(
      ({ name, strategy = known.connections.get(name) ?? 'auth0' }) => [name, strategy] as const,
    ),
  ]);
  const clients = new Set([...known.clients, ...seed.clients.map((client) => client.client_id)]);
  const roles = new Set([...known.roles, ...seed.roles.map((role) => role.name)]);
  const faults: Fault[] = [];
  const need = (isFine: boolean, where: string, what: string): void => {
    if (!isFine) faults.push(`${where}: ${what}`);
  };

  const apiOf = (identifier: string) =>
    scopesOf.get(identifier === managementIdentifier ? MANAGEMENT_API : identifier);
  const checkScopes = (where: string, audience: string, scopes: readonly string[]): void => {
    const open = apiOf(audience);
    need(open !== undefined, where, `no API has the identifier ${audience}`);
    for (const scope of open ? scopes : [])
      need(open?.has(scope) === true, where, `${audience} has no scope ${scope}`);
  };

  const directory = seed.tenant.default_directory ?? known.defaultDirectory;
  need(
    directory === '' || connections.has(directory),
    'tenant.default_directory',
    `no connection ${directory}`,
  );
  const audience = seed.tenant.default_audience ?? '';
  need(audience === '' || apiOf(audience) !== undefined, 'tenant.default_audience', `no API ${audience}`);
  for (const connection of seed.connections) {
    for (const id of connection.enabled_clients ?? [])
      need(clients.has(id), `connections.${connection.name}`, `no client ${id}`);
  }
  for (const client of seed.clients) {
    const where = `clients.${client.client_id}`;
    for (const policy of client.refresh_token?.policies ?? [])
      checkScopes(where, policy.audience, policy.scope);
    for (const key of client.client_authentication_methods?.private_key_jwt.credentials ?? [])
      need(isPublicKey(key.pem), where, 'the pem is not an RSA public key');
  }
  for (const grant of seed.client_grants) {
    const { client_id, default_for } = grant;
    const where = `client_grants.${client_id ?? default_for ?? grant.audience}`;
    need(
      (client_id === undefined) !== (default_for === undefined),
      where,
      'exactly one of client_id and default_for is required',
    );
    need(client_id === undefined || clients.has(client_id), where, `no client ${client_id}`);
    checkScopes(where, grant.audience, grant.scope ?? []);
  }
  for (const role of seed.roles) {
    for (const { resource_server_identifier: api, permission_name: name } of role.permissions ?? [])
      checkScopes(`roles.${role.name}`, api, [name]);
  }
  for (const { name, connections: named = [], members = [], client_grants = [] } of seed.organizations) {
    const where = `organizations.${name}`;
    for (const entry of named) {
      const connection = typeof entry === 'string' ? entry : entry.name;
      need(connections.has(connection), where, `no connection ${connection}`);
    }
    for (const member of members)
      for (const role of typeof member === 'string' ? [] : member.roles)
        need(roles.has(role), where, `no role ${role}`);
    for (const { client_id, audience: api } of client_grants) {
      need(clients.has(client_id), where, `no client ${client_id}`);
      need(apiOf(api) !== undefined, where, `no API has the identifier ${api}`);
    }
  }
  const holders = new Map(known.holders);
  for (const user of seed.users) {
    const where = `users.${user.user_id ?? user.email ?? user.username}`;
    const { connection = directory } = user;
    const strategy = connections.get(connection);
    need(strategy !== undefined, where, `no connection ${connection || '(and no default directory)'}`);
    const identifiers = [user.email, user.username, user.phone_number].filter((name) => name !== undefined);
    need(identifiers.length > 0, where, 'no email, username or phone_number');
    const keys = identifiers.map((name) => identityKey(connection, name));
    // Without an id, it is the existing user with its first identifier, otherwise a new user.
    const self = toUserId(user.user_id, strategy) ?? known.holders.get(keys[0] ?? '') ?? `new user ${where}`;
    keys.forEach((key, index) => {
      const holder = holders.get(key);
      const isFree = holder === undefined || (holder === self && known.holders.has(key));
      need(isFree, where, `${identifiers[index]} is taken by another user of ${connection}`);
      holders.set(key, self);
    });
    for (const name of user.roles ?? []) need(roles.has(name), where, `no role ${name}`);
    for (const { resource_server_identifier: api, permission_name: name } of user.permissions ?? [])
      checkScopes(where, api, [name]);
  }
  return faults;
}

function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

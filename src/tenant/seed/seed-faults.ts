import { createPublicKey } from 'node:crypto';
import { identityKey } from '../state/state.ts';
import { managementApi } from './built-in-apis.ts';
import type { SeedInput } from './seed-input.ts';

type Fault = string;

/** Names in a seed that point at nothing, and keys that are none: each a line of the form `where: what`. */
export function seedFaults(seed: SeedInput, managementIdentifier: string): Fault[] {
  const scopesOf = new Map(
    seed.resource_servers.map((api) => [api.identifier, new Set(api.scopes?.map((scope) => scope.value))]),
  );
  const connections = new Set(seed.connections.map((connection) => connection.name));
  const clients = new Set(seed.clients.map((client) => client.client_id));
  const roles = new Set(seed.roles.map((role) => role.name));
  const faults: Fault[] = [];
  const need = (known: boolean, where: string, what: string): void => {
    if (!known) faults.push(`${where}: ${what}`);
  };

  const apiOf = (identifier: string) =>
    scopesOf.get(identifier === managementIdentifier ? managementApi : identifier);
  const checkScopes = (where: string, audience: string, scopes: readonly string[]): void => {
    const known = apiOf(audience);
    need(known !== undefined, where, `no API has the identifier ${audience}`);
    for (const scope of known ? scopes : [])
      need(known?.has(scope) === true, where, `${audience} has no scope ${scope}`);
  };

  const directory = seed.tenant.default_directory ?? '';
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
      need(isPublicKey(key.pem), where, 'the pem is no RSA public key');
  }
  for (const grant of seed.client_grants) {
    const { client_id, default_for } = grant;
    const where = `client_grants.${client_id ?? default_for ?? grant.audience}`;
    need((client_id === undefined) !== (default_for === undefined), where, 'either client_id or default_for');
    need(client_id === undefined || clients.has(client_id), where, `no client ${client_id}`);
    checkScopes(where, grant.audience, grant.scope);
  }
  for (const role of seed.roles) {
    for (const { resource_server_identifier: api, permission_name: name } of role.permissions ?? [])
      checkScopes(`roles.${role.name}`, api, [name]);
  }
  const taken = new Set<string>();
  for (const user of seed.users) {
    const where = `users.${user.user_id ?? user.email ?? user.username}`;
    const { connection = directory } = user;
    need(connections.has(connection), where, `no connection ${connection || '(and no default directory)'}`);
    need(
      (user.email ?? user.username ?? user.phone_number) !== undefined,
      where,
      'no email, username or phone_number',
    );
    for (const identifier of [user.email, user.username, user.phone_number]) {
      if (identifier === undefined) continue;
      const key = identityKey(connection, identifier);
      need(!taken.has(key), where, `${identifier} is taken by another user of ${connection}`);
      taken.add(key);
    }
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

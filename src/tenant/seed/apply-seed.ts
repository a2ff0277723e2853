import { createHash, createPublicKey } from 'node:crypto';
import type { Clock } from '../../lib/clock.ts';
import { prefixedId, randomHex } from '../random.ts';
import type { ClientKey, Permission } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';
import type { HashPassword } from '../users/passwords.ts';
import { toUser } from '../users/to-user.ts';
import { managementApi } from './built-in-apis.ts';
import {
  defaultAttackProtection,
  defaultSettings,
  defined,
  toClient,
  toClientGrant,
  toConnection,
  toOrganization,
  toResourceServer,
  toRole,
} from './defaults.ts';
import type { SeedInput } from './seed-input.ts';
import { toAuthenticators } from './to-authenticators.ts';
import { toGuardian } from './to-guardian.ts';

export interface SeedDeps {
  readonly state: State;
  readonly clock: Clock;
  readonly hashPassword: HashPassword;
  /** What `$mgmt` stands for: `https://<domain>/api/v2/`. */
  readonly managementIdentifier: string;
}

type SeedUser = SeedInput['users'][number];
type SeedClient = SeedInput['clients'][number];

/** Fills an empty state: all of the seed or, on a failure, nothing of it. A state seeded meanwhile stays as it is. */
export async function applySeed(deps: SeedDeps, seed: SeedInput, seedDigest: string): Promise<void> {
  const { state } = deps;
  const hashed = await Promise.all(
    seed.users.map(async (user) => ({
      user,
      hash: user.password === undefined ? undefined : await deps.hashPassword(user.password),
    })),
  );
  state.transaction(() => {
    // Another process may have opened the same file and been quicker.
    if (state.seedMark.get()) return;
    putSettings(deps, seed);
    for (const entry of hashed) putUser(deps, seed, entry.user, entry.hash);
    state.seedMark.put({ seed_digest: seedDigest });
  });
}

function putSettings({ state, managementIdentifier }: SeedDeps, seed: SeedInput): void {
  const resolve = (audience: string): string =>
    audience === managementApi ? managementIdentifier : audience;
  const { flags, ...tenant } = seed.tenant;
  state.settings.put({
    ...defaultSettings,
    ...defined(tenant),
    default_audience: resolve(tenant.default_audience ?? ''),
    flags: { ...defaultSettings.flags, ...flags },
  });
  state.limits.put({ profile: seed.rate_limits ?? 'relaxed' });
  state.attackProtection.put(defaultAttackProtection);
  state.guardian.put(toGuardian(seed.guardian));
  for (const api of seed.resource_servers)
    state.resourceServers.put(toResourceServer({ ...api, identifier: resolve(api.identifier) }));
  const everyClient = seed.clients.map((client) => client.client_id);
  const openToAll = new Set([seed.tenant.default_directory, 'email', 'sms']);
  for (const connection of seed.connections) {
    const enabled_clients = connection.enabled_clients ?? (openToAll.has(connection.name) ? everyClient : []);
    state.connections.put(toConnection({ ...connection, enabled_clients }));
  }
  for (const client of seed.clients) state.clients.put(toSeededClient(client));
  for (const organization of seed.organizations) state.organizations.put(toOrganization(organization));
  for (const grant of seed.client_grants)
    state.clientGrants.put(toClientGrant({ ...grant, audience: resolve(grant.audience) }));
  const resolvePermission = (permission: Permission): Permission => ({
    ...permission,
    resource_server_identifier: resolve(permission.resource_server_identifier),
  });
  for (const role of seed.roles)
    state.roles.put(toRole({ ...role, permissions: role.permissions?.map(resolvePermission) }));
}

function toSeededClient(client: SeedClient) {
  const { client_authentication_methods: methods, ...rest } = client;
  const credentials = methods?.private_key_jwt.credentials.map(
    (key): ClientKey => ({ ...key, id: prefixedId('cred'), kid: thumbprint(key.pem) }),
  );
  return toClient({
    ...rest,
    client_authentication_methods: credentials && { private_key_jwt: { credentials } },
  });
}

const thumbprint = (pem: string): string =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('base64url');

function putUser(
  { state, clock }: SeedDeps,
  seed: SeedInput,
  given: SeedUser,
  hash: string | undefined,
): void {
  const { connection: name, user_id, password: _clear, roles, permissions, mfa, ...profile } = given;
  const connectionName = name ?? seed.tenant.default_directory ?? '';
  const [connection] = state.connections.find('name', connectionName);
  if (!connection) throw new Error(`no connection ${connectionName}`);
  const user = toUser({ connection, id: user_id ?? randomHex(12), now: new Date(clock.now()), profile });
  state.users.put(user);
  if (hash !== undefined) state.credentials.put({ user_id: user.user_id, hash, previous: [] });
  const roleIds = (roles ?? []).flatMap((role) => state.roles.find('name', role).map(({ id }) => id));
  state.authorizations.put({ user_id: user.user_id, roles: roleIds, permissions: permissions ?? [] });
  for (const authenticator of mfa ? toAuthenticators(user, mfa) : []) state.authenticators.put(authenticator);
}

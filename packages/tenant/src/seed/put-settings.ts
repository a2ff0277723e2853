import { createHash, createPublicKey } from 'node:crypto';
import { defaultGuardian } from '../factors/guardian.ts';
import { prefixedId } from '../lib/random.ts';
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
} from '../state/defaults.ts';
import type { Guardian } from '../state/factor-documents.ts';
import type { Client, ClientKey } from '../state/settings-documents.ts';
import { grantKey, type State } from '../state/state.ts';
import { managementApi } from './management-api.ts';
import { overlay } from './merge-seeds.ts';
import { type Rename, renamed } from './name-audiences.ts';
import type { SeedInput } from './seed-input.ts';

type SeedClient = SeedInput['clients'][number];

/** `$mgmt` in a seed is the Management API's identifier at this address. */
export const toResolver =
  (managementIdentifier: string): Rename =>
  (audience) =>
    audience === managementApi ? managementIdentifier : audience;

/**
 * Puts all of a seed but its users, each entry over the one of its key that is there already, whose id stays. To be
 * called within a transaction.
 */
export function putSettings(state: State, seed: SeedInput, managementIdentifier: string): void {
  const resolve = toResolver(managementIdentifier);
  const settings = overlay(state.settings.get() ?? defaultSettings, defined(seed.tenant));
  state.settings.put(renamed.settings(settings, resolve));
  state.limits.put({ profile: seed.rate_limits ?? state.limits.get()?.profile ?? 'relaxed' });
  state.attackProtection.put(state.attackProtection.get() ?? defaultAttackProtection);
  state.guardian.put(toGuardian(seed.guardian, state.guardian.get()));
  for (const { identifier: given, ...api } of seed.resource_servers) {
    const identifier = resolve(given);
    const [before] = state.resourceServers.find('identifier', identifier);
    state.resourceServers.put(
      before ? overlay(before, { ...api, id: before.id }) : toResourceServer({ ...api, identifier }),
    );
  }
  const added = putClients(state, seed.clients, resolve);
  putConnections(state, seed.connections, added);
  for (const organization of seed.organizations) {
    const [before] = state.organizations.find('name', organization.name);
    state.organizations.put(
      before ? overlay(before, { ...organization, id: before.id }) : toOrganization(organization),
    );
  }
  for (const given of seed.client_grants) {
    const grant = renamed.owned(given, resolve);
    const before = state.clientGrants
      .find('pair', grantKey(grant.client_id ?? grant.default_for ?? '', grant.audience))
      .find(({ subject_type }) => subject_type === (grant.subject_type ?? 'client'));
    state.clientGrants.put(before ? overlay(before, { ...grant, id: before.id }) : toClientGrant(grant));
  }
  for (const given of seed.roles) {
    const role = given.permissions
      ? renamed.holder({ ...given, permissions: given.permissions }, resolve)
      : given;
    const [before] = state.roles.find('name', role.name);
    state.roles.put(before ? overlay(before, { ...role, id: before.id }) : toRole(role));
  }
}

/** Answers with the ids of those that were not there before. */
function putClients(state: State, clients: readonly SeedClient[], resolve: Rename): string[] {
  const added: string[] = [];
  for (const given of clients) {
    const { client_authentication_methods: methods, ...rest } = given;
    const keys = methods?.private_key_jwt.credentials.map(toClientKey);
    const byKey = keys && { client_authentication_methods: { private_key_jwt: { credentials: keys } } };
    const before = state.clients.get(given.client_id);
    const client = before
      ? overlay<Client>(before, toChange(before, { ...rest, ...byKey }))
      : toClient({ ...rest, ...byKey });
    state.clients.put(renamed.client(client, resolve));
    if (!before) added.push(client.client_id);
  }
  return added;
}

/** A change of a client as whole members. */
function toChange(
  before: Client,
  given: Parameters<typeof toClient>[0],
): { readonly [K in keyof Client]?: Client[K] | undefined } {
  const { refresh_token, jwt_configuration, ...rest } = given;
  return {
    ...rest,
    ...(given.client_authentication_methods && { token_endpoint_auth_method: null }),
    refresh_token: overlay(before.refresh_token, refresh_token ?? {}),
    jwt_configuration: overlay(before.jwt_configuration, jwt_configuration ?? {}),
  };
}

const toClientKey = (
  key: NonNullable<SeedClient['client_authentication_methods']>['private_key_jwt']['credentials'][number],
): ClientKey => ({ ...key, id: prefixedId('cred'), kid: thumbprint(key.pem) });

const thumbprint = (pem: string): string =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('base64url');

/** New clients may use the default directory, `email` and `sms`, unless the seed says who may. */
function putConnections(
  state: State,
  connections: SeedInput['connections'],
  newClients: readonly string[],
): void {
  for (const given of connections) {
    const [before] = state.connections.find('name', given.name);
    const { strategy = 'auth0' } = given;
    state.connections.put(
      before ? overlay(before, { ...given, id: before.id }) : toConnection({ ...given, strategy }),
    );
  }
  for (const name of new Set([state.settings.get()?.default_directory ?? '', 'email', 'sms'])) {
    const [connection] = state.connections.find('name', name);
    const isSaid = connections.some((given) => given.name === name && given.enabled_clients !== undefined);
    if (!connection || isSaid) continue;
    const enabled_clients = [...new Set([...connection.enabled_clients, ...newClients])];
    state.connections.put({ ...connection, enabled_clients });
  }
}

/** The policy a seed asks for; what it leaves out is as before. */
const toGuardian = (
  { factors, ...rest }: SeedInput['guardian'],
  before: Guardian = defaultGuardian,
): Guardian => ({
  ...before,
  ...defined(rest),
  factors: { ...before.factors, ...defined(factors ?? {}) },
});

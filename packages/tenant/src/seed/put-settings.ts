import { toClientKey } from '../clients/client-key.ts';
import { DEFAULT_GUARDIAN } from '../factors/guardian.ts';
import type { Clock } from '../lib/clock.ts';
import { toClient } from '../state/client-defaults.ts';
import { toConnection } from '../state/connection-defaults.ts';
import {
  DEFAULT_ATTACK_PROTECTION,
  DEFAULT_SETTINGS,
  defined,
  toClientGrant,
  toResourceServer,
  toRole,
} from '../state/defaults.ts';
import type { Guardian } from '../state/factor-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { grantKey, type State } from '../state/state.ts';
import { MANAGEMENT_API } from './management-api.ts';
import { mergeEntry } from './merge-seeds.ts';
import { type Rename, renamed } from './name-audiences.ts';
import { putOrganizations } from './put-organizations.ts';
import type { SeedInput } from './seed-input.ts';

type SeedClient = SeedInput['clients'][number];

/** Replaces `$mgmt` with the Management API's identifier. */
export const toResolver =
  (managementIdentifier: string): Rename =>
  (audience) =>
    audience === MANAGEMENT_API ? managementIdentifier : audience;

/**
 * Applies all of a seed except for its users. An entry replaces an existing one with its key, which keeps its id. Call
 * it in a transaction.
 */
export function putSettings(
  { state, clock }: { readonly state: State; readonly clock: Clock },
  seed: SeedInput,
  managementIdentifier: string,
): void {
  const resolve = toResolver(managementIdentifier);
  const { allow_organization_name_in_authentication_api, default_redirection_uri, ...tenant } = seed.tenant;
  const extra = defined({ allow_organization_name_in_authentication_api, default_redirection_uri });
  const settings = mergeEntry(state.settings.get() ?? DEFAULT_SETTINGS, {
    ...defined(tenant),
    ...(Object.keys(extra).length > 0 && { extra }),
  });
  state.settings.put(renamed.settings(settings, resolve));
  state.limits.put({ profile: seed.rate_limits ?? state.limits.get()?.profile ?? 'relaxed' });
  state.attackProtection.put(state.attackProtection.get() ?? DEFAULT_ATTACK_PROTECTION);
  state.guardian.put(toGuardian(seed.guardian, state.guardian.get()));
  for (const { identifier: given, ...api } of seed.resource_servers) {
    const identifier = resolve(given);
    const [before] = state.resourceServers.find('identifier', identifier);
    state.resourceServers.put(
      before ? mergeEntry(before, { ...api, id: before.id }) : toResourceServer({ ...api, identifier }),
    );
  }
  const added = putClients({ state, clock }, seed.clients, resolve);
  putConnections(state, seed.connections, added);
  for (const given of seed.client_grants) {
    const grant = renamed.owned(given, resolve);
    const before = state.clientGrants
      .find('pair', grantKey(grant.client_id ?? grant.default_for ?? '', grant.audience))
      .find(({ subject_type }) => subject_type === (grant.subject_type ?? 'client'));
    state.clientGrants.put(before ? mergeEntry(before, { ...grant, id: before.id }) : toClientGrant(grant));
  }
  for (const given of seed.roles) {
    const role = given.permissions
      ? renamed.holder({ ...given, permissions: given.permissions }, resolve)
      : given;
    const [before] = state.roles.find('name', role.name);
    state.roles.put(before ? mergeEntry(before, { ...role, id: before.id }) : toRole(role));
  }
  putOrganizations(state, seed.organizations, resolve);
}

/** Returns the ids of the new clients. */
function putClients(
  { state, clock }: { readonly state: State; readonly clock: Clock },
  clients: readonly SeedClient[],
  resolve: Rename,
): string[] {
  const added: string[] = [];
  for (const given of clients) {
    const { client_authentication_methods: methods, ...rest } = given;
    const keys = methods?.private_key_jwt.credentials.map((key) => toClientKey(key, clock));
    const byKey = keys && { client_authentication_methods: { private_key_jwt: { credentials: keys } } };
    const before = state.clients.get(given.client_id);
    const client = before
      ? mergeEntry<Client>(before, toChange(before, { ...rest, ...byKey }))
      : toClient({ ...rest, ...byKey });
    state.clients.put(renamed.client(client, resolve));
    if (!before) added.push(client.client_id);
  }
  return added;
}

/** A partial client with its object members merged into the existing ones. */
function toChange(
  before: Client,
  given: Parameters<typeof toClient>[0],
): { readonly [K in keyof Client]?: Client[K] | undefined } {
  const { refresh_token, jwt_configuration, ...rest } = given;
  return {
    ...rest,
    ...(given.client_authentication_methods && { token_endpoint_auth_method: null }),
    refresh_token: mergeEntry(before.refresh_token, refresh_token ?? {}),
    jwt_configuration: mergeEntry(before.jwt_configuration, jwt_configuration ?? {}),
  };
}

/** New clients can use the default directory, `email` and `sms`, unless the seed lists the connection's clients. */
function putConnections(
  state: State,
  connections: SeedInput['connections'],
  newClients: readonly string[],
): void {
  for (const given of connections) {
    const [before] = state.connections.find('name', given.name);
    const { strategy = 'auth0' } = given;
    state.connections.put(
      before ? mergeEntry(before, { ...given, id: before.id }) : toConnection({ ...given, strategy }),
    );
  }
  for (const name of new Set([state.settings.get()?.default_directory ?? '', 'email', 'sms'])) {
    const [connection] = state.connections.find('name', name);
    const isGiven = connections.some((given) => given.name === name && given.enabled_clients !== undefined);
    if (!connection || isGiven) continue;
    const enabled_clients = [...new Set([...connection.enabled_clients, ...newClients])];
    state.connections.put({ ...connection, enabled_clients });
  }
}

/** The MFA policy of a seed; absent members keep their value. */
const toGuardian = (
  { factors, ...rest }: SeedInput['guardian'],
  before: Guardian = DEFAULT_GUARDIAN,
): Guardian => ({
  ...before,
  ...defined(rest),
  factors: { ...before.factors, ...defined(factors ?? {}) },
});

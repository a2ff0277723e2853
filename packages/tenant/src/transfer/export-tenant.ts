import type { State } from '../state/state.ts';
import { withoutOrphans } from './document-faults.ts';
import { formatVersion } from './format-version.ts';
import { toPortable } from './place.ts';
import type { TenantDocument } from './tenant-document.ts';

export interface ExportOptions {
  /** Whether the keys that sign tokens go along. They are secrets of this one tenant. */
  readonly withKeys?: boolean;
}

const must = <T>(document: T | undefined): T => {
  if (document === undefined) throw new Error('the tenant is empty: it has not been seeded yet');
  return document;
};

/** The Management API's identifier in this state, which tells its address; undefined while the state is empty. */
export const managementIdentifierOf = (state: Pick<State, 'resourceServers'>): string | undefined =>
  state.resourceServers.list().find((api) => api.is_system)?.identifier;

/**
 * Everything that makes the tenant behave as it does, with the secrets of clients and the hashes of passwords. Left out
 * is what passes: sessions, tokens, mails, logs. Throws where the state is empty.
 */
export function exportTenant(state: State, { withKeys = false }: ExportOptions = {}): TenantDocument {
  return state.transaction(() => {
    // The state holds what its types say; the document's own differ from them in `readonly` alone.
    const document = {
      gatehouse_tenant: formatVersion,
      tenant: must(state.settings.get()),
      rate_limits: must(state.limits.get()).profile,
      attack_protection: must(state.attackProtection.get()),
      guardian: must(state.guardian.get()),
      connections: state.connections.list(),
      resource_servers: state.resourceServers.list(),
      clients: state.clients.list(),
      organizations: state.organizations.list(),
      client_grants: state.clientGrants.list(),
      roles: state.roles.list(),
      users: state.users.list(),
      credentials: state.credentials.list(),
      authorizations: state.authorizations.list(),
      authenticators: state.authenticators.list(),
      consents: state.consents.list(),
      ...(withKeys && { signing_keys: state.signingKeys.list() }),
    } as TenantDocument;
    return toPortable(withoutOrphans(document), managementIdentifierOf(state) ?? '');
  });
}

/** As a file holds it: the same tenant, the same bytes. */
export const toExportText = (document: TenantDocument): string => `${JSON.stringify(document, null, 2)}\n`;

import type { State } from '../state/state.ts';
import { withoutOrphans } from './document-faults.ts';
import { FORMAT_VERSION } from './format-version.ts';
import { toPortable } from './place.ts';
import type { TenantDocument } from './tenant-document.ts';

export interface ExportOptions {
  /** Whether to include the private signing keys. */
  readonly withKeys?: boolean;
}

const requireDocument = <T>(document: T | undefined): T => {
  if (document === undefined) throw new Error('the tenant is empty: start it once to seed it');
  return document;
};

/** The Management API's identifier, which contains the tenant's address; undefined if the state is empty. */
export const managementIdentifierOf = (state: Pick<State, 'resourceServers'>): string | undefined =>
  state.resourceServers.list().find((api) => api.is_system)?.identifier;

/**
 * Exports the tenant's settings and users, including client secrets and password hashes. Sessions, tokens, mails and
 * logs are not included. Throws if the state is empty.
 */
export function exportTenant(state: State, { withKeys = false }: ExportOptions = {}): TenantDocument {
  return state.transaction(() => {
    // The state's types and the document's differ only in `readonly`.
    const document = {
      gatehouse_tenant: FORMAT_VERSION,
      tenant: requireDocument(state.settings.get()),
      rate_limits: requireDocument(state.limits.get()).profile,
      attack_protection: requireDocument(state.attackProtection.get()),
      guardian: requireDocument(state.guardian.get()),
      kept: state.kept.list(),
      connections: state.connections.list(),
      resource_servers: state.resourceServers.list(),
      clients: state.clients.list(),
      organizations: state.organizations.list(),
      invitations: state.invitations.list(),
      client_grants: state.clientGrants.list(),
      roles: state.roles.list(),
      actions: state.actions.list(),
      trigger_bindings: state.triggerBindings.list(),
      users: state.users.list(),
      credentials: state.credentials.list(),
      authorizations: state.authorizations.list(),
      authenticators: state.authenticators.list(),
      passkeys: state.passkeys.list(),
      consents: state.consents.list(),
      ...(withKeys && { signing_keys: state.signingKeys.list() }),
    } as TenantDocument;
    return toPortable(withoutOrphans(document), managementIdentifierOf(state) ?? '');
  });
}

/** The text of an export file. Equal tenants have equal texts. */
export const toExportText = (document: TenantDocument): string => `${JSON.stringify(document, null, 2)}\n`;

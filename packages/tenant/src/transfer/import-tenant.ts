import type { Collection } from '../state/collection.ts';
import type { State } from '../state/state.ts';
import { clearState } from './clear-state.ts';
import { documentFaults } from './document-faults.ts';
import { toPlaced } from './place.ts';
import { parseTenantDocument } from './tenant-document.ts';
import { TransferError } from './transfer-error.ts';

export interface ImportDeps {
  readonly state: State;
  /** The value of `$mgmt`: `https://<domain>/api/v2/`. */
  readonly managementIdentifier: string;
  /** The digest of the seed that an empty state would have been seeded with; it no longer applies. */
  readonly seedDigest: string;
}

/**
 * Replaces the tenant's data with an export, or changes nothing if the export is invalid. Signs all users out. The
 * signing keys stay, unless the export contains some. Throws `TransferError`.
 */
export function importTenant({ state, managementIdentifier, seedDigest }: ImportDeps, raw: unknown): void {
  const parsed = parseTenantDocument(raw);
  const faults = documentFaults(parsed);
  if (faults.length > 0) throw new TransferError(faults);
  const document = toPlaced(parsed, managementIdentifier);
  const putAll = <T, K extends string>(kind: Collection<T, K>, all: readonly T[]): void =>
    all.forEach((one) => kind.put(one));
  state.transaction(() => {
    clearState(state);
    state.settings.put(document.tenant);
    state.limits.put({ profile: document.rate_limits });
    state.attackProtection.put(document.attack_protection);
    state.guardian.put(document.guardian);
    putAll(state.kept, document.kept ?? []);
    putAll(state.connections, document.connections);
    putAll(state.resourceServers, document.resource_servers);
    putAll(state.clients, document.clients);
    putAll(state.organizations, document.organizations);
    putAll(state.invitations, document.invitations ?? []);
    putAll(state.clientGrants, document.client_grants);
    putAll(state.roles, document.roles);
    putAll(state.actions, document.actions ?? []);
    putAll(state.triggerBindings, document.trigger_bindings ?? []);
    putAll(state.users, document.users);
    putAll(state.credentials, document.credentials);
    putAll(state.authorizations, document.authorizations);
    putAll(state.authenticators, document.authenticators);
    putAll(state.passkeys, document.passkeys ?? []);
    putAll(state.consents, document.consents);
    if (document.signing_keys) {
      state.signingKeys.trim(0);
      putAll(state.signingKeys, document.signing_keys);
    }
    if (!state.seedMark.get()) state.seedMark.put({ seed_digest: seedDigest });
  });
}

import type { Collection } from '../state/collection.ts';
import type { State } from '../state/state.ts';
import { type Rename, renamed } from './name-audiences.ts';

/** `https://<domain>/userinfo`: the audience of a sign-in without an API. */
export const userinfoOf = (managementIdentifier: string): string =>
  managementIdentifier.replace(/api\/v2\/$/, 'userinfo');

/**
 * Updates the Management API's identifier to the current domain, with every document that refers to it or to /userinfo:
 * a store can be opened at a different port than the one it was seeded at.
 */
export function moveManagementApi(state: State, identifier: string): void {
  const api = state.resourceServers.list().find((server) => server.is_system);
  if (!api || api.identifier === identifier) return;
  const names = new Map([
    [api.identifier, identifier],
    [userinfoOf(api.identifier), userinfoOf(identifier)],
  ]);
  const rename: Rename = (audience) => names.get(audience) ?? audience;
  const putAll = <T, K extends string>(kind: Collection<T, K>, change: (one: T, to: Rename) => T): void => {
    for (const one of kind.list()) kind.put(change(one, rename));
  };
  state.transaction(() => {
    state.resourceServers.put({ ...api, identifier });
    putAll(state.clientGrants, renamed.owned);
    putAll(state.consents, renamed.owned);
    putAll(state.roles, renamed.holder);
    putAll(state.authorizations, renamed.holder);
    putAll(state.clients, renamed.client);
    const settings = state.settings.get();
    if (settings) state.settings.put(renamed.settings(settings, rename));
  });
}

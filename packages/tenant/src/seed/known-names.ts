import type { State } from '../state/state.ts';
import { identityKey } from '../state/state.ts';
import { MANAGEMENT_API } from './management-api.ts';

/** Existing names that a seed can refer to, besides its own. */
export interface KnownNames {
  /** By identifier; the Management API's is `$mgmt`. */
  readonly scopesOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Name → strategy. */
  readonly connections: ReadonlyMap<string, string>;
  readonly clients: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly defaultDirectory: string;
  /** The owner of each `identityKey`. */
  readonly holders: ReadonlyMap<string, string>;
}

/** The names in a state; an empty state has none. */
export function knownNames(state: State): KnownNames {
  const scopesOf = state.resourceServers
    .list()
    .map(
      (api) =>
        [
          api.is_system ? MANAGEMENT_API : api.identifier,
          new Set(api.scopes.map(({ value }) => value)),
        ] as const,
    );
  const holders = state.users.list().flatMap(({ user_id, identities: [home], ...user }) =>
    [user.email, user.username, user.phone_number].flatMap((name) => {
      const isHeld = home !== undefined && name !== undefined;
      return isHeld ? [[identityKey(home.connection, name), user_id] as const] : [];
    }),
  );
  return {
    scopesOf: new Map(scopesOf),
    connections: new Map(state.connections.list().map(({ name, strategy }) => [name, strategy])),
    clients: new Set(state.clients.list().map(({ client_id }) => client_id)),
    roles: new Set(state.roles.list().map(({ name }) => name)),
    defaultDirectory: state.settings.get()?.default_directory ?? '',
    holders: new Map(holders),
  };
}

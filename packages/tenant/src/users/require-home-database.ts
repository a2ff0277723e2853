import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';

/** The connection of a user with a password. Throws if a seed or an import has removed the connection. */
export function requireHomeDatabase({ state }: Pick<TenantContext, 'state'>, user: User): Connection {
  const name = user.identities[0]?.connection ?? '';
  const [connection] = state.connections.find('name', name);
  if (!connection) throw new Error(`the connection of ${user.user_id} does not exist: ${name}`);
  return connection;
}

import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';

/** The connection that a user with a password belongs to. Throws where the seed or an import left them without one. */
export function requireHomeDatabase({ state }: Pick<TenantContext, 'state'>, user: User): Connection {
  const name = user.identities[0]?.connection ?? '';
  const [connection] = state.connections.find('name', name);
  if (!connection) throw new Error(`the connection of ${user.user_id} is gone: ${name}`);
  return connection;
}

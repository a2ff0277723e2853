import type { Connection } from '../state/settings-documents.ts';
import { identityKey, type State } from '../state/state.ts';
import type { User } from '../state/user-documents.ts';

/** The user of a connection with this e-mail address, user name or phone number, ignoring case. */
export function findUser(
  { users }: Pick<State, 'users'>,
  connection: Pick<Connection, 'name'>,
  identifier: string,
): User | undefined {
  const key = identityKey(connection.name, identifier);
  return users.find('email', key)[0] ?? users.find('username', key)[0] ?? users.find('phone', key)[0];
}

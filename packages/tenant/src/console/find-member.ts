import type { State } from '../state/state.ts';
import type { User } from '../state/user-documents.ts';
import { ConsoleRefusal, type Visit } from './console-page.ts';

/** The user that the form's field `user` names by id or address. Throws 404. */
export function findMember({ users }: Pick<State, 'users'>, { fields }: Visit): User {
  const wanted = (fields['user'] ?? '').trim();
  const user = users
    .list()
    .find(({ user_id, email }) => user_id === wanted || email === wanted.toLowerCase());
  if (!user) throw new ConsoleRefusal(`There is no user ${wanted}.`, 404);
  return user;
}

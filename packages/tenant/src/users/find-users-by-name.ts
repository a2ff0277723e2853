import type { TenantContext } from '../context.ts';
import type { User } from '../state/user-documents.ts';

/**
 * The users with this id, with or without its provider, or else with this e-mail address, user name or phone number.
 */
export function findUsersByName({ state }: Pick<TenantContext, 'state'>, name: string): User[] {
  const byId = state.users.get(name);
  if (byId) return [byId];
  const wanted = name.toLowerCase();
  const users = state.users.list();
  const byShortId = users.filter(({ user_id }) => user_id.endsWith(`|${name}`));
  if (byShortId.length > 0) return byShortId;
  return users.filter(({ email, username, phone_number }) =>
    [email, username, phone_number].some((identifier) => identifier?.toLowerCase() === wanted),
  );
}

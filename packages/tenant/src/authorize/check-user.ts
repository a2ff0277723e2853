import type { TenantContext } from '../context.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import { Refusal } from './refusal.ts';

export const userIsBlocked = (): Refusal => new Refusal('unauthorized', 'user is blocked', 'user_blocked');

export const userDeleted = (): Refusal => new Refusal('access_denied', 'the user does not exist');

/**
 * The current user of a transaction, or a `Refusal` if they may not sign in; undefined if no user has signed in yet or
 * the user has been deleted.
 */
export function checkUser(
  { state }: Pick<TenantContext, 'state'>,
  { user_id, request }: LoginTransaction,
): User | Refusal | undefined {
  const user = user_id === undefined ? undefined : state.users.get(user_id);
  if (!user) return undefined;
  if (user.blocked === true) return userIsBlocked();
  const organization = request.organization && state.organizations.get(request.organization.id);
  if (request.organization && organization?.members.includes(user.user_id) !== true)
    return new Refusal(
      'access_denied',
      `user ${user.user_id} is not part of the ${request.organization.id} organization`,
      'organization_usage',
    );
  return user;
}

import type { TenantContext } from '../context.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import { Refusal } from './refusal.ts';

export const userIsBlocked = (): Refusal => new Refusal('unauthorized', 'user is blocked', 'user_blocked');

export const userIsGone = (): Refusal => new Refusal('access_denied', 'the user does not exist');

/** The user of a transaction as they are now, or why they may not sign in. Undefined: nobody has yet, or not any more. */
export function judgeUser(
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

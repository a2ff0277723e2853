import type { TenantContext } from '../context.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import { membershipRefusal } from './organization-step.ts';
import { Refusal } from './refusal.ts';
import { clientOf } from './step-model.ts';

export const userIsBlocked = (): Refusal => new Refusal('unauthorized', 'user is blocked', 'user_blocked');

export const userDeleted = (): Refusal => new Refusal('access_denied', 'the user does not exist');

/**
 * The current user of a transaction, or a `Refusal` if they may not sign in; undefined if no user has signed in yet or
 * the user has been deleted.
 */
export function checkUser(
  context: Pick<TenantContext, 'state' | 'clock'>,
  transaction: LoginTransaction,
): User | Refusal | undefined {
  const { user_id } = transaction;
  const user = user_id === undefined ? undefined : context.state.users.get(user_id);
  if (!user) return undefined;
  if (user.blocked === true) return userIsBlocked();
  return membershipRefusal(context, clientOf(context, transaction), transaction, user) ?? user;
}

import { runPostChangePassword } from '../../actions/run-registration.ts';
import type { TenantContext } from '../../context.ts';
import { revokeUser } from '../../sessions/end-session.ts';
import type { User } from '../../state/user-documents.ts';
import { findUser } from '../../users/find-user.ts';
import { mailTicket } from '../../users/mail-ticket.ts';
import { hashNewPassword, setPassword } from '../../users/new-password.ts';
import { invalidBody } from '../management-error.ts';
import type { ManagementCaller } from '../management-row.ts';
import { mergeUser } from './merge-user.ts';
import type { UpdateUserBody } from './user-body.ts';
import { directoryError, notSupported, requireUser, toPasswordRefusal } from './user-errors.ts';

/**
 * Applies a PATCH to a user. Blocking a user or setting a password ends their sessions. Throws 404 for an unknown user,
 * and 400 for what the connection does not accept: an identifier of another user, a weak password, an unsupported
 * member.
 */
export async function updateUser(
  context: TenantContext,
  id: string | undefined,
  body: UpdateUserBody,
  caller: ManagementCaller,
): Promise<User> {
  const { state, clock } = context;
  const before = requireUser(context, id);
  requirePossible(before, body);
  const { password } = body;
  const hash = typeof password === 'string' ? await toHash(context, before, body, password) : undefined;
  const user = state.transaction(() => {
    // Read again: the user may have been changed or deleted during hashing.
    const current = requireUser(context, id);
    const next = mergeUser(current, body, new Date(clock.now()));
    requireIdentified(context, current, next);
    state.users.put(next);
    const after = hash === undefined ? next : setPassword(context, next, hash);
    if (after.blocked === true && current.blocked !== true) revokeUser(context, after.user_id);
    else if (hash !== undefined) revokeUser(context, after.user_id, 'password-changed');
    if (body.verify_email === true) mailTicket(context, 'verify_email', after, body.client_id);
    return after;
  });
  if (hash !== undefined)
    runPostChangePassword(context, user, {
      ip: caller.ip,
      method: 'PATCH',
      userAgent: caller.user_agent,
    });
  for (const { type, field } of CHANGES)
    if (field === 'password' ? hash !== undefined : user[field] !== before[field])
      context.log.record({ type, ...caller, user_id: user.user_id, user_name: user.email ?? user.name });
  return user;
}

/** Log entries for changes that have an event code of their own. */
const CHANGES = [
  { type: 'scp', field: 'password' },
  { type: 'sce', field: 'email' },
  { type: 'scu', field: 'username' },
  { type: 'scpn', field: 'phone_number' },
] as const;

async function toHash(
  context: TenantContext,
  user: User,
  body: UpdateUserBody,
  password: string,
): Promise<string> {
  try {
    return await hashNewPassword(context, mergeUser(user, body, new Date(context.clock.now())), password);
  } catch (error) {
    throw toPasswordRefusal(error);
  }
}

const EXCLUSIVE_MEMBERS = [
  ['username', 'password'],
  ['username', 'email_verified'],
  ['password', 'email_verified'],
] as const;

/** The members that can be changed, by the user's connection strategy. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  auth0: ['email', 'phone_number', 'username', 'password'],
  email: ['email'],
  sms: ['phone_number'],
};

function requirePossible({ identities: [home] }: User, body: UpdateUserBody): void {
  for (const [one, other] of EXCLUSIVE_MEMBERS)
    if (body[one] !== undefined && body[other] !== undefined)
      throw notSupported(`Cannot update ${one} and ${other} simultaneously`);
  if (body.connection !== undefined && body.connection !== home?.connection)
    throw invalidBody(
      `'The user has no identity in the connection ${body.connection}' on property connection`,
    );
  const ours = KEPT[home?.provider ?? ''] ?? [];
  for (const field of KEPT.auth0 ?? [])
    if (field in body && !ours.includes(field))
      throw notSupported("The user's main connection does not support this operation");
  if (body.password === null)
    throw invalidBody(`'Expected type string but found type null' on property password`);
}

/** Checks the user's identifiers: no other user has them, and at least one remains. */
function requireIdentified({ state }: TenantContext, before: User, next: User): void {
  const name = next.identities[0]?.connection ?? '';
  const identifiers = [
    ['email', 'email'],
    ['username', 'username'],
    ['phone_number', 'phone number'],
  ] as const;
  const changed = identifiers.filter(([field]) => next[field] !== before[field]);
  if (changed.length > 0 && identifiers.every(([field]) => next[field] === undefined))
    throw directoryError('A user needs an email, a username or a phone number');
  for (const [field, called] of changed) {
    const other = next[field] === undefined ? undefined : findUser(state, { name }, next[field]);
    if (other && other.user_id !== before.user_id)
      throw directoryError(`The specified new ${called} already exists`);
  }
}

import type { TenantContext } from '../context.ts';
import { requireRate } from '../limits/require-rate.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { oauthError, wrongPassword } from '../wire/errors.ts';
import { recordAttempt, requireNotBlocked } from './brute-force.ts';
import { isLeaked } from './check-new-password.ts';
import { findUser } from './find-user.ts';
import { mailTicket } from './mail-ticket.ts';
import { renewHash } from './renew-hash.ts';

export interface PasswordSignIn {
  readonly connection: Connection;
  /** E-mail address, user name or phone number. */
  readonly identifier: string;
  readonly password: string;
  /** The address that the attempt counts for. */
  readonly ip: string;
}

/**
 * Authenticates a user by password. Throws 429 `too_many_attempts` or `too_many_logins`, 403 `invalid_grant` (the same
 * response and timing for an unknown user and a wrong password), 401 `unauthorized` for a blocked user, 401
 * `password_leaked`.
 */
export async function signInWithPassword(context: TenantContext, attempt: PasswordSignIn): Promise<User> {
  const { state, passwords } = context;
  requireNotBlocked(context, attempt);
  requireRate(context, 'login', toRateKey(attempt), TOO_MANY_LOGINS);
  const found = findUser(state, attempt.connection, attempt.identifier);
  const stored = found && state.credentials.get(found.user_id)?.hash;
  const matches = await passwords.verify(attempt.password, stored);
  const isKnown = matches && found !== undefined && stored !== undefined;
  const hash = isKnown ? await renewHash(context, found.user_id, attempt.password, stored) : stored;
  const { user, succeeded } = state.transaction(() => {
    // Read again: the user may have been deleted, blocked or given another password during hashing.
    const current = found && state.users.get(found.user_id);
    const isTheirs =
      matches && current !== undefined && state.credentials.get(current.user_id)?.hash === hash;
    const { nowBlocked } = recordAttempt(context, attempt, isTheirs);
    if (nowBlocked && current) mailTicket(context, 'unblock', current);
    return { user: current, succeeded: isTheirs };
  });
  if (!user) throw wrongPassword('fu');
  if (!succeeded) throw wrongPassword('fp', user.user_id);
  if (user.blocked === true) throw userBlocked(user);
  if (isLeaked(attempt.password) && blocksLeaked(context)) throw passwordLeaked(user);
  return user;
}

const toRateKey = ({ connection, identifier, ip }: PasswordSignIn): string =>
  [connection.name, ip, identifier.toLowerCase()].join('\n');

const TOO_MANY_LOGINS = { error: 'too_many_logins', logType: 'limit_sul' };

const blocksLeaked = ({ state }: Pick<TenantContext, 'state'>): boolean => {
  const breached = state.attackProtection.get()?.breached_password_detection;
  return breached?.enabled === true && breached.shields.includes('block');
};

const userBlocked = (user: User) =>
  oauthError(401, 'unauthorized', 'user is blocked', { hint: 'user_blocked', userId: user.user_id });

const passwordLeaked = (user: User) =>
  oauthError(
    401,
    'password_leaked',
    'This login has been blocked because your password has been leaked in another website. We’ve sent you an email with instructions on how to unblock it.',
    {
      hint: 'password_leaked',
      logType: 'pwd_leak',
      userId: user.user_id,
    },
  );

/** Updates the login statistics of a user and returns the updated user. */
export function recordLogin(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  user: User,
  ip: string,
): User {
  const at = new Date(clock.now()).toISOString();
  return state.transaction(() => {
    const current = state.users.get(user.user_id) ?? user;
    const logins_count = current.logins_count + 1;
    const seen = { ...current, last_login: at, last_ip: ip, updated_at: at, logins_count };
    state.users.put(seen);
    return seen;
  });
}

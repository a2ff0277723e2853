import { createHash } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import type { User } from '../state/user-documents.ts';
import { findUser } from '../users/find-user.ts';
import { toUser } from '../users/to-user.ts';
import { type PasswordlessConnection, verifiedProfile } from './passwordless-connection.ts';

/** The `_id` of an address: the same with or without a user, and the id of its future user. */
export const idOfAddress = ({ id }: PasswordlessConnection, address: string): string =>
  createHash('sha256').update(`${id}\n${address}`).digest('hex').slice(0, 24);

export const allowsSignUp = ({ options }: PasswordlessConnection): boolean => options.disable_signup !== true;

/** The user of a verified address, created at the first sign-in if the connection allows sign-up. */
export function userOfAddress(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  connection: PasswordlessConnection,
  address: string,
): User | undefined {
  const profile = verifiedProfile(connection, address);
  return state.transaction(() => {
    const known = findUser(state, connection, address);
    if (!known && !allowsSignUp(connection)) return undefined;
    const id = idOfAddress(connection, address);
    const user = known
      ? { ...known, ...profile }
      : toUser({ connection, id, now: new Date(clock.now()), profile });
    state.users.put(user);
    return user;
  });
}

import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { databaseError } from '../wire/errors.ts';
import { checkNewPassword } from './check-new-password.ts';
import { findUser } from './find-user.ts';
import { mailTicket } from './mail-ticket.ts';
import type { SignupRequest } from './parse-signup.ts';
import { toUser } from './to-user.ts';

/** Creates a user with a password and mails them a verification link. Throws the errors of sign-up. */
export async function signUp(
  context: TenantContext,
  connection: Connection,
  wanted: SignupRequest,
  clientId: string | undefined,
): Promise<User> {
  const { state, clock, passwords } = context;
  const { password, given, ...identifiers } = wanted;
  checkNewPassword(connection, state.attackProtection.get(), password, { ...given, ...identifiers });
  const hash = await passwords.hash(password);
  const profile = { ...given, ...identifiers };
  const user = toUser({ connection, id: randomHex(12), now: new Date(clock.now()), profile });
  // Looked up in the same transaction as the insert: a parallel sign-up may have taken the address during hashing.
  return state.transaction(() => {
    requireFree(context, connection, wanted);
    state.users.put(user);
    state.credentials.put({ user_id: user.user_id, hash, previous: [] });
    mailTicket(context, 'verify_email', user, clientId);
    return user;
  });
}

function requireFree(
  { state }: TenantContext,
  connection: Connection,
  { email, username, phone_number }: SignupRequest,
): void {
  const taken = [email, username, phone_number].find(
    (identifier) => identifier !== undefined && findUser(state, connection, identifier),
  );
  if (taken === undefined) return;
  if (state.settings.get()?.flags.enable_public_signup_user_exists_error !== true)
    throw databaseError('BadRequestError', 'invalid_signup', 'Invalid sign up', {
      hint: 'user_exists_concealed',
    });
  const description =
    taken === username ? `The user already exists. (username: ${username})` : 'The user already exists.';
  throw databaseError('BadRequestError', 'user_exists', description);
}

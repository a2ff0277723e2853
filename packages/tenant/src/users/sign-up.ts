import type { EventRequest } from '../actions/event-parts.ts';
import {
  type RegistrationDenial,
  runPostUserRegistration,
  runPreUserRegistration,
} from '../actions/run-registration.ts';
import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { databaseError, type WireError } from '../wire/errors.ts';
import { checkNewPassword } from './check-new-password.ts';
import { findUser } from './find-user.ts';
import { mailTicket } from './mail-ticket.ts';
import type { SignupRequest } from './parse-signup.ts';
import { toUser } from './to-user.ts';

/** The caller of a sign-up. */
export interface SignUpCaller {
  readonly clientId: string | undefined;
  readonly request: EventRequest;
}

/** Creates a user with a password and mails them a verification link. Throws the errors of sign-up, and the denial of
 * an Action. */
export async function signUp(
  context: TenantContext,
  connection: Connection,
  wanted: SignupRequest,
  { clientId, request }: SignUpCaller,
): Promise<User> {
  const { state, clock, passwords } = context;
  const { password, given, ...identifiers } = wanted;
  checkNewPassword(connection, state.attackProtection.get(), password, { ...given, ...identifiers });
  const hash = await passwords.hash(password);
  const profile = { ...given, ...identifiers };
  const draft = toUser({ connection, id: randomHex(12), now: new Date(clock.now()), profile });
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  const registration = { connection, client, request };
  const decided = await runPreUserRegistration(context, registration, draft);
  if ('denial' in decided) throw toSignUpDenial(decided.denial);
  const { user } = decided;
  // Looked up in the same transaction as the insert: a parallel sign-up may have taken the address during hashing.
  const created = state.transaction(() => {
    requireFree(context, connection, wanted);
    state.users.put(user);
    state.credentials.put({ user_id: user.user_id, hash, previous: [] });
    mailTicket(context, 'verify_email', user, clientId);
    return user;
  });
  runPostUserRegistration(context, registration, created);
  return created;
}

/** The error for a denial by a pre-user-registration Action, with Auth0's members. */
const toSignUpDenial = ({ reason, userMessage }: RegistrationDenial): WireError =>
  databaseError('InternalExtensibilityError', 'extensibility_error', reason, {
    members: { message: reason, friendly_message: userMessage, fromSandbox: true },
  });

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

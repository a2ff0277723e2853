import type { EventRequest } from '../actions/event-parts.ts';
import {
  type RegistrationDenial,
  runPostUserRegistration,
  runPreUserRegistration,
} from '../actions/run-registration.ts';
import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import type { NewAccount } from '../state/factor-documents.ts';
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

/** Creates a user with a password. Throws the errors of `createAccount`, and those of the password. */
export async function signUp(
  context: TenantContext,
  connection: Connection,
  { password, given, ...identifiers }: SignupRequest,
  caller: SignUpCaller,
): Promise<User> {
  const { state, passwords } = context;
  const profile = { ...given, ...identifiers };
  checkNewPassword(connection, state.attackProtection.get(), password, profile);
  const hash = await passwords.hash(password);
  return createAccount(context, connection, { id: randomHex(12), profile }, caller, ({ user_id }) =>
    state.credentials.put({ user_id, hash, previous: [] }),
  );
}

/**
 * Creates a user and mails them a verification link. `store` stores what the user signs in with, in the same transaction.
 * Throws the errors of sign-up, and the denial of an Action.
 */
export async function createAccount(
  context: TenantContext,
  connection: Connection,
  { id, profile }: NewAccount,
  { clientId, request }: SignUpCaller,
  store: (user: User) => void,
): Promise<User> {
  const { state, clock } = context;
  const draft = toUser({ connection, id, now: new Date(clock.now()), profile });
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  const registration = { connection, client, request };
  const decided = await runPreUserRegistration(context, registration, draft);
  if ('denial' in decided) throw toSignUpDenial(decided.denial);
  const { user } = decided;
  // Looked up in the same transaction as the insert: a parallel sign-up may have taken the address meanwhile.
  const created = state.transaction(() => {
    requireFree(context, connection, profile);
    state.users.put(user);
    store(user);
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

/** Throws 400 if a user of the connection has one of the identifiers. */
export function requireFree(
  { state }: Pick<TenantContext, 'state'>,
  connection: Connection,
  { email, username, phone_number }: NewAccount['profile'],
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

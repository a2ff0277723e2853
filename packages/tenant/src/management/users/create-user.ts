import { runPostUserRegistration, runPreUserRegistration } from '../../actions/run-registration.ts';
import type { TenantContext } from '../../context.ts';
import { randomHex } from '../../lib/random.ts';
import type { Connection } from '../../state/settings-documents.ts';
import type { User } from '../../state/user-documents.ts';
import { checkNewPassword } from '../../users/check-new-password.ts';
import { findUser } from '../../users/find-user.ts';
import { mailTicket } from '../../users/mail-ticket.ts';
import { toUser } from '../../users/to-user.ts';
import { invalidBody, managementError } from '../management-error.ts';
import type { ManagementCaller } from '../management-row.ts';
import type { CreateUserBody } from './user-body.ts';
import { notSupported, toPasswordRefusal, userExists } from './user-errors.ts';

/**
 * Creates a user in a connection. Throws 400 for an unknown or unsuitable connection, missing or invalid members and a
 * weak password, 400 `extensibility_error` if an Action denies; 409 for an existing user.
 */
export async function createUser(
  context: TenantContext,
  body: CreateUserBody,
  { ip, user_agent }: ManagementCaller,
): Promise<User> {
  const { state, clock, passwords } = context;
  const connection = requireDirectory(context, body);
  const { password, verify_email, verify_phone_number: _ours, connection: _name, user_id, ...profile } = body;
  if (password !== undefined) checkPassword(context, connection, password, body);
  const hash = password === undefined ? undefined : await passwords.hash(password);
  const now = new Date(clock.now());
  const id = user_id === undefined ? randomHex(12) : `${connection.strategy}|${user_id}`;
  const draft = toUser({ connection, id, now, profile });
  const request = { ip, method: 'POST', userAgent: user_agent };
  const registration = { connection, client: undefined, request };
  const decided = await runPreUserRegistration(context, registration, draft);
  if ('denial' in decided)
    throw managementError(400, decided.denial.reason, { errorCode: 'extensibility_error' });
  const { user } = decided;
  // Looked up in the same transaction as the insert: during hashing a parallel request may have created the user or
  // deleted the connection.
  const created = state.transaction(() => {
    requireDirectory(context, body);
    if (state.users.get(user.user_id) || isTaken(context, connection, user)) throw userExists();
    state.users.put(user);
    if (hash !== undefined) state.credentials.put({ user_id: user.user_id, hash, previous: [] });
    const mails = verify_email ?? (!user.email_verified && connection.strategy === 'auth0');
    if (mails) mailTicket(context, 'verify_email', user);
    return user;
  });
  runPostUserRegistration(context, registration, created);
  return created;
}

function checkPassword(
  context: TenantContext,
  connection: Connection,
  password: string,
  owner: CreateUserBody,
) {
  try {
    checkNewPassword(connection, context.state.attackProtection.get(), password, owner);
  } catch (error) {
    throw toPasswordRefusal(error);
  }
}

const isTaken = ({ state }: TenantContext, connection: Connection, user: User): boolean =>
  [user.email, user.username, user.phone_number].some(
    (identifier) => identifier !== undefined && findUser(state, connection, identifier) !== undefined,
  );

/** The connection that the body names, after a check of the members that it requires. */
function requireDirectory({ state }: TenantContext, body: CreateUserBody): Connection {
  const [connection] = state.connections.find('name', body.connection);
  if (!connection)
    throw managementError(400, 'The connection does not exist.', { errorCode: 'inexistent_connection' });
  const { strategy, options } = connection;
  const missing = (name: string) => invalidBody(`'Missing required property: ${name}'`);
  if (strategy === 'auth0') {
    const byUsername = options.requires_username === true;
    if (byUsername && body.username === undefined) throw missing('username');
    if ((body.email ?? body.username ?? body.phone_number) === undefined) throw missing('email');
    if (body.password === undefined) throw missing('password');
    return connection;
  }
  if (strategy !== 'email' && strategy !== 'sms')
    throw notSupported(`Users of the ${strategy} connection are made by signing in.`);
  if (body.password !== undefined) throw notSupported('Passwordless users have no password.');
  if (strategy === 'email' && body.email === undefined) throw missing('email');
  if (strategy === 'sms' && body.phone_number === undefined) throw missing('phone_number');
  return connection;
}

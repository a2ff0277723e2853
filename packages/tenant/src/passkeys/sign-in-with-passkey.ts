import type { EventRequest } from '../actions/event-parts.ts';
import type { TenantContext } from '../context.ts';
import { toIso } from '../lib/clock.ts';
import { prefixedId } from '../lib/random.ts';
import type { Passkey, PasskeyChallenge } from '../state/factor-documents.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { createAccount } from '../users/sign-up.ts';
import { oauthError } from '../wire/errors.ts';
import type { AuthnResponse } from './authn-response.ts';
import { consumeCeremony } from './passkey-challenges.ts';
import { requirePasskeyConnection } from './passkey-connection.ts';
import { invalidPasskey, toSignUpError } from './passkey-errors.ts';
import { toUserHandle } from './relying-party.ts';
import { type NewPasskey, verifyAssertion, verifyAttestation } from './verify-passkey.ts';

/** A ceremony that a client presents. */
export interface PasskeyAttempt {
  readonly client: Client;
  /** The connections that the user may sign in with. */
  readonly connections: readonly Connection[];
  readonly authSession: string;
  readonly realm: string | undefined;
  readonly response: AuthnResponse;
  /** For Actions. */
  readonly request: EventRequest;
}

/**
 * Authenticates a user by a passkey, or creates the user of a sign-up. The `auth_session` is consumed first, so a response
 * cannot be replayed. Throws 403 `invalid_grant` for any invalid ceremony, 401 `unauthorized` for a blocked user.
 */
export async function signInWithPasskey(
  context: TenantContext,
  attempt: PasskeyAttempt,
): Promise<{ readonly user: User; readonly connection: Connection }> {
  const { client, connections, authSession, realm } = attempt;
  const challenge = consumeCeremony(context, client.client_id, authSession);
  if (!challenge || (realm !== undefined && realm !== challenge.connection))
    throw oauthError(403, 'invalid_grant', 'Invalid or expired auth_session.');
  const connection = requirePasskeyConnection(context, connections, challenge.connection);
  const user = challenge.account
    ? await signUp(context, attempt, challenge, connection)
    : await signIn(context, attempt, challenge, connection);
  return { user, connection };
}

/** Runs a verification of the library; whatever it throws means that the ceremony is not valid. */
async function verified<T>(verify: () => Promise<T>, userId?: string): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    throw invalidPasskey(error instanceof Error ? error.message : 'invalid', userId);
  }
}

async function signUp(
  context: TenantContext,
  { client, response, request }: PasskeyAttempt,
  challenge: PasskeyChallenge,
  connection: Connection,
): Promise<User> {
  const { account } = challenge;
  if (!account || !('attestationObject' in response.response)) throw invalidPasskey('not an attestation');
  const made = await verified(() => verifyAttestation(context, client, challenge, response));
  const caller = { clientId: client.client_id, request };
  const store = (user: User): void => putNewPasskey(context, user, account.id, made, request);
  const user = await createAccount(context, connection, account, caller, store).catch((error: unknown) => {
    throw toSignUpError(error);
  });
  const { user_id, email, name } = user;
  const about = { client_id: client.client_id, client_name: client.name, connection: connection.name };
  context.log.record({ type: 'ss', ...about, user_id, user_name: email ?? name, ip: request.ip });
  return user;
}

function putNewPasskey(
  { state, clock }: TenantContext,
  { user_id }: User,
  id: string,
  made: NewPasskey,
  { userAgent }: EventRequest,
): void {
  if (state.passkeys.find('credential_id', made.credential_id).length > 0)
    throw invalidPasskey('the credential exists');
  const now = toIso(clock.now());
  state.passkeys.put({
    ...made,
    id: `passkey|${prefixedId('dev')}`,
    user_id,
    user_handle: toUserHandle(id),
    user_agent: userAgent,
    created_at: now,
    last_auth_at: now,
  });
}

async function signIn(
  context: TenantContext,
  { client, response }: PasskeyAttempt,
  challenge: PasskeyChallenge,
  connection: Connection,
): Promise<User> {
  const { state } = context;
  const [passkey] = state.passkeys.find('credential_id', response.id);
  const { userHandle } = { userHandle: undefined, ...response.response };
  if (!passkey || userHandle !== passkey.user_handle) throw invalidPasskey('unknown credential');
  const { user_id } = passkey;
  const user = state.users.get(user_id);
  if (user?.identities[0]?.connection !== connection.name)
    throw invalidPasskey('another connection', user_id);
  const proven = await verified(
    () => verifyAssertion(context, client, challenge, { passkey, response }),
    user_id,
  );
  if (!recordUse(context, passkey, proven)) throw invalidPasskey('the counter has not grown', user_id);
  const current = state.users.get(user_id);
  if (!current) throw invalidPasskey('the user has been deleted', user_id);
  if (current.blocked === true)
    throw oauthError(401, 'unauthorized', 'user is blocked', { hint: 'user_blocked', userId: user_id });
  return current;
}

/**
 * Stores the counter of a use. False if a parallel use has stored the same one, or the passkey has been deleted: a counter
 * that does not grow is a sign of a copy (WebAuthn §6.1.1). Authenticators without a counter always send 0.
 */
function recordUse(
  { state, clock }: TenantContext,
  { id }: Passkey,
  proven: Pick<Passkey, 'counter' | 'backed_up'>,
): boolean {
  return state.transaction(() => {
    const stored = state.passkeys.get(id);
    const isCounted = stored !== undefined && (stored.counter > 0 || proven.counter > 0);
    if (!stored || (isCounted && proven.counter <= stored.counter)) return false;
    state.passkeys.put({ ...stored, ...proven, last_auth_at: toIso(clock.now()) });
    return true;
  });
}

import { mayUseConnection } from '../authorization/client-connections.ts';
import { checkUser } from '../authorize/check-user.ts';
import { parseAuthorizeRequest } from '../authorize/parse-authorize-request.ts';
import { scopeToGrant } from '../authorize/pending-step.ts';
import { Refusal } from '../authorize/refusal.ts';
import { findClient } from '../clients/credentials.ts';
import type { TenantContext } from '../context.ts';
import { authorizationCode } from '../grants/authorization-code.ts';
import { digest, randomToken } from '../lib/random.ts';
import { beginSession, useSession } from '../sessions/browser-session.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { mintCode } from '../tokens/codes.ts';
import { findUsersByName } from '../users/find-users-by-name.ts';
import { recordLogin } from '../users/sign-in-with-password.ts';
import { WireError } from '../wire/errors.ts';
import { toParameters } from '../wire/parameters.ts';
import { toCookies } from './to-cookies.ts';

export interface SignInAsOptions {
  /** Id with or without the provider, email address, user name or phone number. */
  readonly user: string;
  /** Id or name. Undefined: only a session, for `cookies`. */
  readonly client_id?: string | undefined;
  readonly audience?: string | undefined;
  /** Default: `openid profile email`. */
  readonly scope?: string | undefined;
  /** Id or name. */
  readonly organization?: string | undefined;
  readonly answer: 'tokens' | 'code' | 'cookies';
}

/** Why no user has been signed in: a code for programs and a message for people. */
export interface SignInRefusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
}

export type SignInOutcome =
  | { readonly refused: SignInRefusal }
  /** The token response, `{code, redirect_uri, code_verifier?}` or `{cookies}`. */
  | {
      readonly answer: object;
      /** The Set-Cookie headers of the session. */
      readonly cookieHeaders: readonly string[];
    };

const DEFAULT_SCOPE = 'openid profile email';
const LOCAL_IP = '127.0.0.1';

const refused = (status: number, error: string, message: string): SignInOutcome => ({
  refused: { status, error, message },
});

/**
 * Signs a user in without a password, a second factor, a consent and Actions. Everything else is as in a sign-in by browser:
 * client, connection, API, scopes, organization and blocks are checked, and the sign-in is logged.
 */
export const createSignInAs =
  (context: TenantContext) =>
  async (options: SignInAsOptions): Promise<SignInOutcome> => {
    const { state, signInAs } = context;
    if (!signInAs)
      return refused(403, 'sign_in_as_disabled', 'Signing in as a user is disabled: see TENANT_SIGN_IN_AS.');
    const users = findUsersByName(context, options.user);
    const [user] = users;
    if (!user) return refused(404, 'not_found', `There is no user ${JSON.stringify(options.user)}.`);
    if (users.length > 1)
      return refused(
        400,
        'ambiguous_user',
        `Several users match: pass one of the ids ${users.map(({ user_id }) => user_id).join(', ')}.`,
      );
    const client = options.client_id === undefined ? undefined : findClient(state, options.client_id);
    if (!client && options.client_id !== undefined)
      return refused(404, 'not_found', `There is no client ${JSON.stringify(options.client_id)}.`);
    try {
      return await signIn(context, options, user, client);
    } catch (error) {
      if (error instanceof Refusal) return refused(400, error.error, error.message);
      if (error instanceof WireError) return refused(error.status, 'invalid_request', error.message);
      throw error;
    }
  };

async function signIn(
  context: TenantContext,
  options: SignInAsOptions,
  user: User,
  client: Client | undefined,
): Promise<SignInOutcome> {
  const { clock } = context;
  const [{ connection } = { connection: '' }] = user.identities;
  // These clients must use PKCE, as at /authorize and /oauth/token.
  const usesPkce =
    client?.token_endpoint_auth_method === 'none' || client?.third_party_security_mode === 'strict';
  const code_verifier = usesPkce ? randomToken() : undefined;
  const asked = client && toRequest(context, options, client, connection, code_verifier);
  if (user.blocked === true) throw new Refusal('unauthorized', 'user is blocked');
  const signedIn = { user_id: user.user_id, connection, amr: ['pwd'], auth_time_ms: clock.now() };
  const transaction = asked && { ...signedIn, ...NEW_TRANSACTION, request: asked };
  const allowed = transaction && checkUser(context, transaction);
  if (allowed instanceof Refusal) throw allowed;
  const { session, cookies } = beginSession(context, undefined, signedIn, ['https', 'http']);
  recordLogin(context, user, LOCAL_IP);
  context.log.record({
    type: 's',
    description: 'Signed in as a user by the control API',
    user_id: user.user_id,
    user_name: user.email ?? user.name,
    connection,
    client_id: client?.client_id,
    client_name: client?.name,
    ip: LOCAL_IP,
  });
  if (client) useSession(context, session.sid, client.client_id);
  const answered = (answer: object): SignInOutcome => ({ answer, cookieHeaders: cookies });
  if (options.answer === 'cookies' || !client || !transaction)
    return answered({ cookies: toCookies(context, cookies) });
  const { request } = transaction;
  const scope = scopeToGrant(context, { client, user, transaction });
  const { user_id, amr, auth_time_ms } = signedIn;
  const code = mintCode(context, { sid: session.sid, amr, auth_time_ms, request, user_id, scope });
  const { redirect_uri } = request;
  if (options.answer === 'code')
    return answered({ code, redirect_uri, ...(code_verifier !== undefined && { code_verifier }) });
  const body = toParameters({ code, code_verifier });
  const { reply } = await authorizationCode.exchange(context, {
    client,
    body,
    jkt: undefined,
    ip: LOCAL_IP,
    userAgent: undefined,
  });
  return answered(reply);
}

const NEW_TRANSACTION = {
  id: '',
  binding: '',
  consented: true,
  confirmed: true,
  fresh: true,
  expires_ms: 0,
};

/** The equivalent /authorize request. Throws `Refusal`. */
function toRequest(
  context: TenantContext,
  { audience, scope = DEFAULT_SCOPE, organization }: SignInAsOptions,
  client: Client,
  connection: string,
  verifier: string | undefined,
): AuthorizeRequest {
  const [found] = context.state.connections.find('name', connection);
  if (!found || !mayUseConnection(client, found))
    throw new Refusal(
      'invalid_request',
      `the connection ${connection} is not enabled for ${client.client_id}`,
    );
  const [byName] =
    organization === undefined ? [] : context.state.organizations.find('name', organization.toLowerCase());
  const parameters = {
    response_type: 'code',
    scope,
    ...(audience !== undefined && { audience }),
    // /authorize accepts a name only if the tenant allows names.
    ...(organization !== undefined && { organization: byName?.id ?? organization }),
    // `digest` is SHA-256 as base64url, which is the S256 method (RFC 7636 §4.2).
    ...(verifier !== undefined && { code_challenge: digest(verifier), code_challenge_method: 'S256' }),
  };
  const redirect_uri = client.callbacks[0] ?? '';
  return parseAuthorizeRequest(context, { client, redirect_uri }, new URLSearchParams(parameters));
}

import { toEventRequest } from '../actions/event-parts.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { continueLogin } from '../authorize/continue-login.ts';
import { refuseLogin } from '../authorize/login-endpoints.ts';
import { requireTransaction } from '../authorize/login-transaction.ts';
import { PageError } from '../authorize/page-error.ts';
import { clientOf, transactionDirectory, usableConnections } from '../authorize/step-model.ts';
import type { TenantContext } from '../context.ts';
import { allowsSignUp } from '../organizations/organization-connections.ts';
import { oauthError, WireError } from '../wire/errors.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { readAuthnResponse } from './authn-response.ts';
import { requirePasskeyConnection } from './passkey-connection.ts';
import { toSignUpError } from './passkey-errors.ts';
import { signInWithPasskey } from './sign-in-with-passkey.ts';
import { startSignIn, startSignUp } from './start-ceremony.ts';

/**
 * POST /u/passkey/challenge, which the scripts of the sign-in and sign-up pages call, and POST /u/passkey, which their forms
 * submit: a browser sign-in with a passkey, or the creation of an account with one.
 */
export const passkeyPageEndpoints = (context: TenantContext): Endpoint[] => [
  { method: 'POST', path: '/u/passkey/challenge', handle: (request) => start(context, request) },
  browserEndpoint({ method: 'POST', path: '/u/passkey', handle: (request) => submit(context, request) }),
];

function start(context: TenantContext, request: TenantRequest): TenantReply {
  const transaction = requireTransaction(context, request);
  const client = clientOf(context, transaction);
  const { body } = request;
  const { invitation, login_hint: invited = '', connection: asked } = transaction.request;
  const connection = requirePasskeyConnection(context, usableConnections(context, transaction), asked);
  if (body.text('ceremony') !== 'sign-up') return startSignIn(context, client, connection);
  if (!allowsSignUp(context, transaction.request, connection))
    throw oauthError(400, 'invalid_request', 'public signup is disabled', { hint: 'signup_disabled' });
  if (invitation !== undefined && body.text('email')?.toLowerCase() !== invited.toLowerCase())
    throw oauthError(400, 'invalid_request', `The invitation is for ${invited}.`);
  try {
    return startSignUp(context, client, connection, body);
  } catch (error) {
    throw toSignUpError(error);
  }
}

async function submit(context: TenantContext, request: TenantRequest): Promise<TenantReply> {
  const transaction = requireTransaction(context, request);
  const { body } = request;
  try {
    const { user, connection } = await signInWithPasskey(context, {
      client: clientOf(context, transaction),
      connections: usableConnections(context, transaction),
      authSession: body.text('auth_session') ?? '',
      realm: undefined,
      response: readAuthnResponse(body),
      request: toEventRequest(request),
    });
    const proven = { userId: user.user_id, connection: connection.name, amr: ['passkey'] };
    return await continueLogin(context, request, transaction.id, proven);
  } catch (error) {
    const connection = transactionDirectory(context, transaction);
    if (!(error instanceof WireError) || error instanceof PageError || !connection) throw error;
    return refuseLogin(context, request, { transaction, username: undefined, connection, error });
  }
}

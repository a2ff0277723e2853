import { cancel } from '../authorize/advance.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { userIsBlocked } from '../authorize/check-user.ts';
import { continueLogin } from '../authorize/continue-login.ts';
import { requireTransaction } from '../authorize/login-transaction.ts';
import { PageError } from '../authorize/page-error.ts';
import { clientOf, stepHref, stepModel } from '../authorize/step-model.ts';
import type { TenantContext } from '../context.ts';
import { passwordlessCodePage, passwordlessStartPage } from '../pages/passwordless-page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import { WireError } from '../wire/errors.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { findPasswordless, type PasswordlessConnection, toAddress } from './passwordless-connection.ts';
import { requireStartAllowed } from './require-start-allowed.ts';
import { sendPasswordless } from './send-passwordless.ts';
import { signInWithCode } from './sign-in-with-code.ts';

const PATH = '/u/passwordless';

/** GET and POST /u/passwordless with `connection`: signs a browser in with a code. */
export function passwordlessPageEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: PATH, handle: (request) => showStart(enter(context, request)) },
    { method: 'POST', path: PATH, handle: (request) => submit(enter(context, request)) },
  ];
  return rows.map(browserEndpoint);
}

interface CodeSignInStep {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  readonly transaction: LoginTransaction;
  readonly connection: PasswordlessConnection;
}

interface Problem {
  readonly status: number;
  readonly error: string;
}

/** The sign-in of a request and its connection: the one that the client requested, if any. */
function enter(context: TenantContext, request: TenantRequest): CodeSignInStep {
  const transaction = requireTransaction(context, request);
  const named = request.body.text('connection') ?? request.query.get('connection') ?? '';
  const name = transaction.request.connection ?? named;
  const { organization } = transaction.request;
  const connection = findPasswordless(context, clientOf(context, transaction), name, organization);
  if (connection) return { context, request, transaction, connection };
  throw new PageError(400, { error: 'invalid_request', description: 'the connection is not enabled' });
}

function showStart(
  { context, request, transaction, connection }: CodeSignInStep,
  problem?: Problem,
): TenantReply {
  const { connection: asked, login_hint } = transaction.request;
  return passwordlessStartPage({
    ...stepModel(context, transaction),
    ...problem,
    connection: connection.name,
    channel: connection.strategy,
    username: request.body.text('username') ?? login_hint,
    signInHref: asked === undefined ? stepHref('/u/login', transaction) : undefined,
  });
}

function submit(step: CodeSignInStep): TenantReply | Promise<TenantReply> {
  const { connection, request } = step;
  const { body } = request;
  const action = body.text('action');
  const address = toAddress(connection, body.text('username')?.replaceAll(/[\s()]/g, '') ?? '');
  if (action === 'change') return showStart(step);
  if (address === undefined) {
    const error =
      connection.strategy === 'email'
        ? 'Enter an email address.'
        : 'Enter a phone number with the country code.';
    return showStart(step, { status: 400, error });
  }
  return action === 'continue' ? redeem(step, address) : send(step, address);
}

/** Shows the same page for every address. */
function send(step: CodeSignInStep, address: string): TenantReply {
  const { context, request, transaction, connection } = step;
  requireStartAllowed(context, request.ip);
  const client = clientOf(context, transaction);
  const { headers } = request;
  sendPasswordless(context, { connection, address, client, holder: transaction.id, headers });
  return showCode(step, address);
}

function showCode(
  { context, transaction, connection }: CodeSignInStep,
  address: string,
  problem?: Problem,
): TenantReply {
  return passwordlessCodePage({
    ...stepModel(context, transaction),
    ...problem,
    channel: connection.strategy,
    recipient: address,
    hidden: { connection: connection.name, username: address },
  });
}

function redeem(step: CodeSignInStep, address: string): TenantReply | Promise<TenantReply> {
  const { context, request, transaction, connection } = step;
  const { ip, headers, body } = request;
  try {
    const code = body.text('code') ?? '';
    const attempt = { connection, identifier: address, code, holder: transaction.id, ip };
    const { user_id } = signInWithCode(context, attempt);
    const proven = { userId: user_id, connection: connection.name, amr: [connection.strategy] };
    return continueLogin(context, request, transaction.id, proven);
  } catch (error) {
    if (!(error instanceof WireError) || error instanceof PageError) throw error;
    if (error.status === 401) return cancel(context, request, transaction, userIsBlocked());
    context.log.record({
      type: error.options.logType ?? 'f',
      description: error.message,
      client_id: transaction.request.client_id,
      user_name: address,
      connection: connection.name,
      ip,
      user_agent: headers['user-agent'],
    });
    return showCode(step, address, {
      status: error.status === 429 ? 429 : 400,
      error: error.status === 429 ? error.message : 'The code you entered is invalid.',
    });
  }
}

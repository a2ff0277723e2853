import { allowsPasskeys, identifiersOf } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import { allowsSignUp, connectionSettings } from '../organizations/organization-connections.ts';
import { type OtherConnection, signInPage } from '../pages/sign-in-page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Connection } from '../state/settings-documents.ts';
import { findUsersByName } from '../users/find-users-by-name.ts';
import { signInWithPassword } from '../users/sign-in-with-password.ts';
import { WireError } from '../wire/errors.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { cancel } from './advance.ts';
import { redirectTo } from './authorization-response.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { userIsBlocked } from './check-user.ts';
import { continueLogin } from './continue-login.ts';
import { requireTransaction } from './login-transaction.ts';
import { PageError } from './page-error.ts';
import { record } from './record.ts';
import { clientOf, stepHref, stepModel, transactionDirectory, usableConnections } from './step-model.ts';

const PATH = '/u/login';

/** GET and POST /u/login: password sign-in, and links to the other connections. */
export function loginEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: PATH, handle: (request) => show(context, requireTransaction(context, request)) },
    { method: 'POST', path: PATH, handle: (request) => submit(context, request) },
  ];
  return rows.map(browserEndpoint);
}

interface Shown {
  readonly status?: number;
  readonly username?: string | undefined;
  readonly error?: string;
}

/** The login page, or the page of the requested connection if that is not a database connection. */
function show(context: TenantContext, transaction: LoginTransaction, shown: Shown = {}): TenantReply {
  const { request } = transaction;
  const usable = usableConnections(context, transaction);
  const asked = usable.find(({ name }) => name === request.connection);
  if (asked && asked.strategy !== 'auth0') return redirectTo(hrefOf(transaction, asked));
  const directory = transactionDirectory(context, transaction);
  const isShown = ({ name }: Connection): boolean =>
    connectionSettings(context, request.organization, name)?.show_as_button !== false;
  const signUpHref =
    directory && allowsSignUp(context, request, directory) ? stepHref('/u/signup', transaction) : undefined;
  return signInPage({
    ...stepModel(context, transaction),
    identifiers: directory ? identifiersOf(directory) : [],
    connections: asked ? [] : usable.filter(isShown).flatMap(toOtherConnection),
    signUpHref,
    resetHref: directory && stepHref('/u/reset-password/request', transaction),
    username: request.login_hint,
    signInAs: context.signInAs,
    passkey: directory !== undefined && allowsPasskeys(directory),
    ...shown,
  });
}

/** Connections that redirect elsewhere; passwordless ones only if the request names them. */
const toOtherConnection = ({ name, strategy, display_name }: Connection): OtherConnection[] =>
  ['auth0', 'email', 'sms'].includes(strategy) ? [] : [{ name, label: display_name ?? name }];

function hrefOf(transaction: LoginTransaction, { name, strategy }: Connection): string {
  const isPasswordless = strategy === 'email' || strategy === 'sms';
  return stepHref(isPasswordless ? '/u/passwordless' : '/u/simulator', transaction, name);
}

async function submit(context: TenantContext, request: TenantRequest): Promise<TenantReply> {
  const transaction = requireTransaction(context, request);
  const { body, ip } = request;
  const chosen = body.text('connection');
  if (chosen !== undefined) {
    const connection = usableConnections(context, transaction).find(({ name }) => name === chosen);
    if (!connection || connection.strategy === 'auth0')
      throw new PageError(400, { error: 'invalid_request', description: 'the connection is not enabled' });
    return redirectTo(hrefOf(transaction, connection));
  }
  const someone = context.signInAs ? body.text('sign_in_as')?.trim() : undefined;
  if (someone !== undefined) return signInAs(context, request, transaction, someone);
  const username = body.text('username')?.trim();
  const password = body.text('password');
  const connection = transactionDirectory(context, transaction);
  if (!connection || username === undefined || password === undefined)
    return show(context, transaction, { status: 400, username, error: 'Enter your email and password.' });
  try {
    const user = await signInWithPassword(context, { connection, identifier: username, password, ip });
    const proven = { userId: user.user_id, connection: connection.name, amr: ['pwd'] };
    return await continueLogin(context, request, transaction.id, proven);
  } catch (error) {
    if (!(error instanceof WireError) || error instanceof PageError) throw error;
    return refuseLogin(context, request, { transaction, username, connection, error });
  }
}

/** Signs in as a user without a password. Second factor, consent and blocks remain. */
function signInAs(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  name: string,
): TenantReply | Promise<TenantReply> {
  const usable = new Set(usableConnections(context, transaction).map((one) => one.name));
  const users = findUsersByName(context, name).flatMap(({ user_id: userId, identities: [home] }) =>
    home && usable.has(home.connection) ? [{ userId, connection: home.connection }] : [],
  );
  const [user] = users;
  if (user && users.length === 1)
    return continueLogin(context, request, transaction.id, { ...user, amr: ['pwd'] });
  const error = user
    ? `Several users match: enter one of the ids ${users.map(({ userId }) => userId).join(', ')}.`
    : 'No user of this application matches. Enter an id, an email address or a username.';
  return show(context, transaction, { status: 400, error });
}

/** The login page with an error, which is logged; a blocked user ends the sign-in. */
export function refuseLogin(
  context: TenantContext,
  request: TenantRequest,
  of: {
    transaction: LoginTransaction;
    username: string | undefined;
    connection: Connection;
    error: WireError;
  },
): TenantReply {
  const { transaction, username, connection, error } = of;
  const client = clientOf(context, transaction);
  if (memberOf(error, 'error') === 'unauthorized')
    return cancel(context, request, transaction, userIsBlocked());
  record(context, request, client, {
    type: error.options.logType ?? 'f',
    description: error.message,
    user_id: error.options.userId,
    user_name: username,
    connection: connection.name,
  });
  const status = error.status === 403 ? 400 : error.status;
  const described = memberOf(error, 'error_description');
  const text = typeof described === 'string' ? described : error.message;
  return show(context, transaction, { status, ...(username !== undefined && { username }), error: text });
}

const memberOf = ({ body }: WireError, name: string): unknown =>
  typeof body === 'object' ? Reflect.get(body, name) : undefined;

import { createHash } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { SIMULATED_IDENTITIES } from '../pages/simulated-identities.ts';
import { type SimulatorModel, simulatorPage } from '../pages/simulator-page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isEmailAddress } from '../users/addresses.ts';
import { toUser } from '../users/to-user.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { cancel } from './advance.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { continueLogin } from './continue-login.ts';
import { requireTransaction } from './login-transaction.ts';
import { PageError } from './page-error.ts';
import { Refusal } from './refusal.ts';
import { stepModel, usableConnections } from './step-model.ts';

const PATH = '/u/simulator';

/** GET and POST /u/simulator: stands in for a social or enterprise provider; the developer chooses the user. */
export function simulatorEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    {
      method: 'GET',
      path: PATH,
      handle: (request) => {
        const transaction = requireTransaction(context, request);
        const connection = requireSimulated(context, transaction, request.query.get('connection'));
        return show(context, transaction, connection, { email: transaction.request.login_hint });
      },
    },
    { method: 'POST', path: PATH, handle: (request) => submit(context, request) },
  ];
  return rows.map(browserEndpoint);
}

function show(
  context: TenantContext,
  transaction: LoginTransaction,
  { name, display_name, strategy }: Connection,
  shown: Partial<Pick<SimulatorModel, 'status' | 'email' | 'name' | 'error'>>,
): TenantReply {
  const kind = strategy === 'oauth2' ? 'social' : 'enterprise';
  return simulatorPage({
    ...stepModel(context, transaction),
    connection: { name, label: display_name ?? name, kind },
    identities: SIMULATED_IDENTITIES,
    ...shown,
  });
}

/** The connection to simulate: the client may use it, and it matches the one that the request names, if any. */
function requireSimulated(
  context: TenantContext,
  transaction: LoginTransaction,
  asked: string | null | undefined,
): Connection {
  const name = transaction.request.connection ?? asked;
  const connection = usableConnections(context, transaction).find((one) => one.name === name);
  if (connection && !['auth0', 'email', 'sms'].includes(connection.strategy)) return connection;
  throw new PageError(400, { error: 'invalid_request', description: 'the connection is not enabled' });
}

function submit(context: TenantContext, request: TenantRequest): TenantReply | Promise<TenantReply> {
  const transaction = requireTransaction(context, request);
  const { body } = request;
  const connection = requireSimulated(context, transaction, body.text('connection'));
  if (body.text('action') === 'deny')
    return cancel(
      context,
      request,
      transaction,
      new Refusal('access_denied', 'the user refused at the provider'),
    );
  const ready = SIMULATED_IDENTITIES.find(({ id }) => id === body.text('identity'));
  const email = ready?.email ?? body.text('email')?.trim().toLowerCase() ?? '';
  const name = ready?.name ?? body.text('name')?.trim().slice(0, 200);
  if (!isEmailAddress(email))
    return show(context, transaction, connection, {
      status: 400,
      email,
      name,
      error: 'Enter an email address.',
    });
  const user = updateUser(context, connection, {
    id: ready?.id ?? createHash('sha256').update(email).digest('hex').slice(0, 24),
    email,
    email_verified: ready?.email_verified ?? true,
    name: name ?? email,
    given_name: ready?.given_name,
  });
  const proven = { userId: user.user_id, connection: connection.name, amr: ['fed'] };
  return continueLogin(context, request, transaction.id, proven);
}

interface Arrival extends Pick<User, 'name' | 'email_verified' | 'given_name'> {
  readonly id: string;
  readonly email: string;
}

/** The user of a provider sign-in; the provider's profile is applied at every sign-in. */
function updateUser(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  connection: Connection,
  { id, ...profile }: Arrival,
): User {
  const made = toUser({
    connection,
    id: `${connection.strategy}|${connection.name}|${id}`,
    now: new Date(clock.now()),
    profile,
  });
  return state.transaction(() => {
    const known = state.users.get(made.user_id);
    const user = known ? { ...known, ...profile } : made;
    state.users.put(user);
    return user;
  });
}

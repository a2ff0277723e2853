import { directoryOf } from '../authorization/client-connections.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { requireOwnOrigin } from '../authorize/login-transaction.ts';
import type { TenantContext } from '../context.ts';
import { signInConnections } from '../organizations/organization-connections.ts';
import { messagePage } from '../pages/message-page.ts';
import { resetRequestPage } from '../pages/reset-request-page.ts';
import type { Connection } from '../state/settings-documents.ts';
import { requestPasswordReset } from '../users/request-password-reset.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';

const PATH = '/u/reset-password/request';

/**
 * GET and POST of the "Forgot password?" page: with `state` of a sign-in, with `client_id` and `connection`, or with
 * neither.
 */
export function resetRequestEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    {
      method: 'GET',
      path: PATH,
      handle: ({ query }) => askIdentifier((name) => query.get(name) ?? undefined),
    },
    { method: 'POST', path: PATH, handle: (request) => sendLink(context, request) },
  ];
  return rows.map(browserEndpoint);
}

type Read = (name: string) => string | undefined;

const signInHref = (state: string | undefined): string | undefined =>
  state === undefined ? undefined : `/u/login?state=${encodeURIComponent(state)}`;

const askIdentifier = (read: Read, error?: string): TenantReply =>
  resetRequestPage({
    status: error === undefined ? 200 : 400,
    hidden: { state: read('state'), client_id: read('client_id'), connection: read('connection') },
    username: read('username'),
    error,
    signInHref: signInHref(read('state')),
  });

function sendLink(context: TenantContext, request: TenantRequest): TenantReply {
  requireOwnOrigin(request);
  const { body, ip } = request;
  const read: Read = (name) => body.text(name);
  const identifier = read('username')?.trim() ?? '';
  if (identifier === '') return askIdentifier(read, 'Enter your email or username.');
  requestPasswordReset(context, { ...readTarget(context, read), identifier, ip });
  const back = signInHref(read('state'));
  return messagePage({
    tone: 'done',
    heading: 'Check your email',
    text: `If there is an account for ${identifier}, we have sent a link to choose a new password.`,
    link: back === undefined ? undefined : { href: back, label: 'Back to sign in' },
  });
}

/** The database connection to search, and the client that the mail is for. */
function readTarget(
  context: TenantContext,
  read: Read,
): { readonly connection: Connection | undefined; readonly clientId: string | undefined } {
  const { state } = context;
  const asked = state.loginTransactions.get(read('state') ?? '')?.request;
  const clientId = asked?.client_id ?? read('client_id');
  const name = asked?.connection ?? read('connection');
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (client) {
    const usable = signInConnections(context, client, asked?.organization);
    return { connection: directoryOf(context, usable, name), clientId };
  }
  const [connection] = state.connections.find('name', name ?? state.settings.get()?.default_directory ?? '');
  return { connection, clientId: undefined };
}

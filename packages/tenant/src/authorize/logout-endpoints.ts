import { allowsCallback, allowsReturnTo } from '../clients/allowed-urls.ts';
import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import { confirmLogoutPage } from '../pages/confirm-logout-page.ts';
import { messagePage } from '../pages/message-page.ts';
import { readSession } from '../sessions/browser-session.ts';
import type { BrowserSession } from '../state/browser-documents.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { readIdTokenHint } from './id-token-hint.ts';
import { logRefusals } from './log-refusals.ts';
import { requireOwnOrigin, transactionNotFound } from './login-transaction.ts';
import { PageError } from './page-error.ts';
import { redirectTargets } from './redirect-targets.ts';
import { parameter } from './require-callback.ts';
import { findLogoutClient, firstLogoutUrl, logoutUrlRefused, logoutUrlsFor, signOut } from './sign-out.ts';

const CONFIRM_PATH = '/u/logout';
const CONFIRMABLE_MS = 10 * 60 * 1000;

/** GET /v2/logout, GET and POST /oidc/logout, and the logout confirmation page. */
export function logoutEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: '/v2/logout', handle: (request) => logOut(context, request) },
    {
      method: 'GET',
      path: '/oidc/logout',
      listedAs: 'end_session_endpoint',
      handle: (request) => logOutByOidc(context, request, (name) => parameter(request.query, name)),
    },
    {
      method: 'POST',
      path: '/oidc/logout',
      handle: (request) => logOutByOidc(context, request, (name) => request.body.text(name)),
    },
    { method: 'POST', path: CONFIRM_PATH, handle: (request) => settle(context, request) },
  ];
  return rows.map((row) => browserEndpoint(logRefusals(context, 'flo', row)));
}

/** Auth0's own logout: it never asks for confirmation and compares `returnTo` without query and fragment. */
function logOut(context: TenantContext, request: TenantRequest): TenantReply {
  const client = findLogoutClient(context, parameter(request.query, 'client_id'));
  const returnTo = parameter(request.query, 'returnTo');
  if (returnTo !== undefined && !allowsReturnTo(logoutUrlsFor(context, client), returnTo))
    throw logoutUrlRefused(context, client, 'returnTo', returnTo);
  return signOut(context, request, { client, target: returnTo ?? firstLogoutUrl(client) });
}

type Read = (name: string) => string | undefined;

const contradiction = (description: string) => new PageError(400, { error: 'invalid_request', description });

/** OpenID Connect RP-Initiated Logout 1.0. Asks for confirmation if no hint matches the session of this browser. */
async function logOutByOidc(
  context: TenantContext,
  request: TenantRequest,
  read: Read,
): Promise<TenantReply> {
  const token = read('id_token_hint');
  const hint = token === undefined ? undefined : await readIdTokenHint(context, token);
  const clientId = read('client_id');
  if (hint && clientId !== undefined && clientId !== hint.client.client_id)
    throw contradiction('client_id does not match the id_token_hint');
  const logoutHint = read('logout_hint');
  if (hint && logoutHint !== undefined && logoutHint !== hint.sid)
    throw contradiction('logout_hint does not match the id_token_hint');
  const client = hint?.client ?? findLogoutClient(context, clientId);
  const uri = read('post_logout_redirect_uri');
  if (uri !== undefined && !allowsCallback(logoutUrlsFor(context, client), uri))
    throw logoutUrlRefused(context, client, 'post_logout_redirect_uri', uri);
  const target = uri ?? (hint ? undefined : firstLogoutUrl(client));
  const end = { client, target: target === undefined ? undefined : withState(target, read('state')) };
  const session = readSession(context, request);
  const sid = hint?.sid ?? logoutHint;
  return session && session.sid !== sid ? ask(context, session, end) : signOut(context, request, end);
}

function withState(target: string, state: string | undefined): string {
  if (state === undefined) return target;
  const url = new URL(target);
  url.searchParams.append('state', state);
  return url.href;
}

/** Shows the confirmation page and stores what to do on confirmation. */
function ask(
  context: TenantContext,
  session: BrowserSession,
  { client, target }: Parameters<typeof signOut>[2],
): TenantReply {
  const { state, clock } = context;
  const secret = randomToken();
  state.pendingLogouts.put({
    id: digest(secret),
    session_id: session.id,
    client_id: client?.client_id,
    target,
    expires_ms: clock.now() + CONFIRMABLE_MS,
  });
  const user = state.users.get(session.user_id);
  return confirmLogoutPage({
    action: CONFIRM_PATH,
    hidden: { state: secret },
    user: user?.email ?? user?.name,
    redirectsTo: target === undefined ? [] : redirectTargets(context, client?.client_id ?? '', target),
  });
}

function settle(context: TenantContext, request: TenantRequest): TenantReply {
  const { state, clock } = context;
  requireOwnOrigin(request);
  const id = digest(request.body.text('state') ?? '');
  const pending = state.pendingLogouts.get(id);
  const session = readSession(context, request);
  const isTheirs = pending !== undefined && pending.session_id === session?.id;
  if (!isTheirs || pending.expires_ms <= clock.now()) throw transactionNotFound();
  state.pendingLogouts.remove(id);
  if (request.body.text('action') !== 'accept')
    return messagePage({ tone: 'plain', heading: 'Still signed in', text: 'You have not been signed out.' });
  const client = pending.client_id === undefined ? undefined : state.clients.get(pending.client_id);
  return signOut(context, request, { client, target: pending.target });
}

import type { TenantContext } from '../context.ts';
import { readSession } from '../sessions/browser-session.ts';
import type { AuthorizeRequest, BrowserSession } from '../state/browser-documents.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { advance } from './advance.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { logRefusals } from './log-refusals.ts';
import { beginTransaction } from './login-transaction.ts';
import { PageError } from './page-error.ts';
import { type KnownCallback, parseAuthorizeRequest } from './parse-authorize-request.ts';
import { consumePushed } from './pushed-requests.ts';
import { record } from './record.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { guessTarget, refuse } from './refuse.ts';
import { parameter, requireCallback } from './require-callback.ts';
import { signInAutomatically } from './sign-in-automatically.ts';

/** GET /authorize (RFC 6749 §3.1, OpenID Connect Core §3.1.2). */
export function authorizeEndpoint(context: TenantContext): Endpoint {
  const row: Endpoint = {
    method: 'GET',
    path: '/authorize',
    listedAs: 'authorization_endpoint',
    handle: (request) => authorize(context, request),
  };
  return browserEndpoint(logRefusals(context, 'f', row));
}

function authorize(context: TenantContext, request: TenantRequest): TenantReply | Promise<TenantReply> {
  const { parameters, isPushed } = readParameters(context, request.query);
  const known = requireCallback(context, parameters);
  try {
    if (known.client.require_pushed_authorization_requests && !isPushed)
      throw invalidRequest('Pushed Authorization Requests are required', 'par_required');
    return begin(context, request, parseAuthorizeRequest(context, known, parameters));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuseLogged(context, request, known, parameters, error);
  }
}

/**
 * The query parameters or, with `request_uri`, the pushed ones. With `request_uri`, other query parameters are ignored.
 */
function readParameters(context: TenantContext, query: URLSearchParams) {
  const uri = parameter(query, 'request_uri');
  const clientId = parameter(query, 'client_id');
  const client = clientId === undefined ? undefined : context.state.clients.get(clientId);
  // Strict third parties may not use PAR: parseAuthorizeRequest refuses their request_uri as an unsupported parameter.
  if (uri === undefined || !client || client.third_party_security_mode === 'strict')
    return { parameters: query, isPushed: false };
  const parameters = consumePushed(context, client.client_id, uri);
  if (parameters) return { parameters, isPushed: true };
  throw new PageError(400, {
    error: 'invalid_request_uri',
    description: 'The request_uri is unknown, expired, used, or of another client.',
  });
}

/** Continues with the browser's session if it satisfies the request; otherwise shows the login page. */
function begin(
  context: TenantContext,
  request: TenantRequest,
  asked: AuthorizeRequest,
): Promise<TenantReply> {
  const session = readSession(context, request.headers);
  const known = session && satisfies(context, session, asked) ? session : undefined;
  const automatic = known ? undefined : signInAutomatically(context, asked, session);
  const { sid, user_id, connection, amr = [], auth_time_ms } = automatic?.session ?? known ?? {};
  const { transaction, cookie } = beginTransaction(context, {
    request: asked,
    user_id,
    connection,
    amr,
    auth_time_ms,
    sid,
    fresh: automatic !== undefined,
  });
  return advance(context, request, transaction, [cookie, ...(automatic ? [automatic.cookie] : [])]);
}

function satisfies(
  { clock, state }: TenantContext,
  session: BrowserSession,
  asked: AuthorizeRequest,
): boolean {
  const { prompt, max_age_s, connection, invitation, login_hint } = asked;
  // An invitation is for one address, which the request contains as `login_hint`.
  if (invitation !== undefined && state.users.get(session.user_id)?.email !== login_hint?.toLowerCase())
    return false;
  if (prompt.includes('login') || prompt.includes('select_account')) return false;
  if (connection !== undefined && connection !== session.connection) return false;
  return max_age_s === undefined || clock.now() - session.auth_time_ms < max_age_s * 1000;
}

function refuseLogged(
  context: TenantContext,
  request: TenantRequest,
  known: KnownCallback,
  parameters: URLSearchParams,
  refusal: Refusal,
): TenantReply {
  const type = parameters.get('prompt') === 'none' ? 'fsa' : 'f';
  record(context, request, known.client, { type, description: refusal.message });
  return refuse(context, known.client, guessTarget(known, parameters), refusal);
}

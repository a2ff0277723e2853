import { findClientById } from '../clients/metadata-client.ts';
import type { TenantContext } from '../context.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { beginSignIn } from './begin-sign-in.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { logRefusals } from './log-refusals.ts';
import { PageError } from './page-error.ts';
import { type KnownCallback, parseAuthorizeRequest } from './parse-authorize-request.ts';
import { consumePushed } from './pushed-requests.ts';
import { record } from './record.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { guessTarget, refuse } from './refuse.ts';
import { parameter, requireCallback } from './require-callback.ts';

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
    return beginSignIn(context, request, parseAuthorizeRequest(context, known, parameters));
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
  const client = clientId === undefined ? undefined : findClientById(context.state, clientId);
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

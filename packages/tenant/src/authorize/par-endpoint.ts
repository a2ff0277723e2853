import { authenticateClient } from '../clients/authenticate-client.ts';
import type { TenantContext } from '../context.ts';
import { requireSameKey } from '../dpop/binding.ts';
import { verifyProof } from '../dpop/verify-proof.ts';
import { oauthError, unauthorizedClient } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { Endpoint } from '../wire/row.ts';
import { PageError } from './page-error.ts';
import { parseAuthorizeRequest } from './parse-authorize-request.ts';
import { PUSHED_LIFETIME_S, pushRequest } from './pushed-requests.ts';
import { Refusal } from './refusal.ts';
import { requireCallback } from './require-callback.ts';

/** Client authentication parameters, which are not part of the pushed request. */
const CREDENTIALS = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/**
 * POST /oauth/par (RFC 9126): takes a form and validates the request now, so that /authorize finds no error in it
 * later.
 */
export const parEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/oauth/par',
  listedAs: 'pushed_authorization_request_endpoint',
  isListed: () => isOn(context),
  async handle({ body, headers }) {
    if (!isOn(context))
      throw oauthError(404, 'endpoint_disabled', 'Pushed Authorization Requests are not enabled', {
        hint: 'par_disabled',
      });
    const { client, proven } = await authenticateClient(context, body, headers.authorization);
    if (!proven || client.third_party_security_mode === 'strict') throw unauthorizedClient();
    const parameters = toPushed(body);
    parameters.set('client_id', client.client_id);
    const jkt = await verifyProof(context, {
      headers,
      method: 'POST',
      path: '/oauth/par',
      nonceRequired: false,
    });
    // A DPoP proof states the key that the code is bound to (RFC 9449 §10.1).
    if (jkt !== undefined) {
      requireSameKey(parameters.get('dpop_jkt') ?? undefined, jkt);
      parameters.set('dpop_jkt', jkt);
    }
    try {
      parseAuthorizeRequest(context, requireCallback(context, parameters), parameters);
    } catch (error) {
      throw toOauthError(error);
    }
    const request_uri = pushRequest(context, client.client_id, parameters);
    return {
      status: 201,
      body: { request_uri, expires_in: PUSHED_LIFETIME_S },
      headers: { 'cache-control': 'no-store' },
    };
  },
});

const isOn = ({ state }: TenantContext): boolean =>
  state.settings.get()?.pushed_authorization_requests_supported === true;

/** The string members of the body. Throws 400 if a member is not a string or if the body contains a `request_uri`. */
function toPushed(body: Parameters): URLSearchParams {
  const pushed = new URLSearchParams();
  for (const name of body.names()) {
    const value = body.text(name);
    if (value !== undefined && !CREDENTIALS.has(name)) pushed.append(name, value);
  }
  if (pushed.has('request_uri')) throw oauthError(400, 'invalid_request', 'request_uri must not be pushed');
  return pushed;
}

function toOauthError(error: unknown): unknown {
  if (error instanceof Refusal) return oauthError(400, error.error, error.message, { hint: error.hint });
  if (error instanceof PageError)
    return oauthError(400, 'invalid_request', error.message, { hint: error.options.hint });
  return error;
}

import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import { HINTS } from '../wire/hints.ts';
import type { TenantReply } from '../wire/row.ts';
import { type ResponseTarget, toAuthorizationResponse } from './authorization-response.ts';
import { toErrorPage } from './browser-endpoint.ts';
import { consoleSettingOf } from './console-setting.ts';
import { PageError } from './page-error.ts';
import type { KnownCallback } from './parse-authorize-request.ts';
import { guessResponseMode } from './parse-protocol.ts';
import type { Refusal } from './refusal.ts';
import { parameter } from './require-callback.ts';

/** Where to send the error of a request that failed validation. */
export const guessTarget = (
  { client, redirect_uri }: KnownCallback,
  parameters: URLSearchParams,
): ResponseTarget => ({
  client_id: client.client_id,
  redirect_uri,
  response_mode: guessResponseMode(parameters),
  state: parameter(parameters, 'state'),
});

/**
 * Sends the error of a request to the client's callback. For a strict third party whose redirection policy is not
 * `allow_always` it shows a page instead, so that the tenant cannot be used as an open redirector.
 */
export function refuse(
  context: Pick<TenantContext, 'state' | 'issuer' | 'redirectOrigins' | 'linksToConsole'>,
  client: Client,
  target: ResponseTarget,
  { error, message, hint }: Refusal,
): TenantReply {
  const guarded =
    client.third_party_security_mode === 'strict' && client.redirection_policy !== 'allow_always';
  if (guarded) {
    const status = error === 'access_denied' || error.startsWith('unauthorized') ? 403 : 400;
    const setting = consoleSettingOf(context, hint, client);
    return toErrorPage(new PageError(status, { error, description: message, hint, setting }));
  }
  const reply = toAuthorizationResponse(context, target, { error, error_description: message });
  return hint ? { ...reply, headers: { ...reply.headers, 'x-tenant-hint': HINTS[hint] } } : reply;
}

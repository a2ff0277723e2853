import { allowsCallback } from '../clients/allowed-urls.ts';
import { findClientById } from '../clients/metadata-client.ts';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Hint } from '../wire/hints.ts';
import { PageError } from './page-error.ts';

/** A parameter's value; an empty one counts as absent (RFC 6749 §3.1). */
export const parameter = (parameters: URLSearchParams, name: string): string | undefined =>
  parameters.get(name) || undefined;

const invalid = (description: string, hint?: Hint) =>
  new PageError(400, { error: 'invalid_request', description, hint });

const mismatch = (url: string | undefined) =>
  new PageError(403, {
    heading: 'Callback URL mismatch.',
    error: 'unauthorized_client',
    description: 'The provided redirect_uri is not in the list of allowed callback URLs.',
    hint: 'callback_mismatch',
    url,
  });

/**
 * The client and its callback: the first registered callback if the request names none. Throws an error page if either
 * is invalid, because a redirect to an unregistered URL would be an open redirect.
 */
export function requireCallback(
  { state }: Pick<TenantContext, 'state'>,
  parameters: URLSearchParams,
): { readonly client: Client; readonly redirect_uri: string } {
  for (const name of ['client_id', 'redirect_uri'])
    if (parameters.getAll(name).length > 1) throw invalid(`Parameter ${name} must not be repeated`);
  const id = parameter(parameters, 'client_id');
  if (id === undefined) throw invalid('Missing required parameter: client_id');
  const client = findClientById(state, id);
  if (!client) throw invalid(`Unknown client: ${id}`, 'unknown_client');
  const redirect_uri = parameter(parameters, 'redirect_uri') ?? client.callbacks[0];
  if (redirect_uri === undefined || !allowsCallback(client.callbacks, redirect_uri))
    throw mismatch(redirect_uri);
  if (
    parameters.get('response_mode') === 'web_message' &&
    !client.web_origins.includes(originOf(redirect_uri))
  )
    throw new PageError(403, {
      error: 'unauthorized_client',
      description: 'The origin of the redirect_uri is not in the list of allowed web origins.',
      hint: 'web_origin',
      url: redirect_uri,
    });
  return { client, redirect_uri };
}

const originOf = (url: string): string => new URL(url).origin;

import { allowsCallback } from '../clients/allowed-urls.ts';
import { findClientById } from '../clients/metadata-client.ts';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import { consoleSettingOf } from './console-setting.ts';
import { PageError } from './page-error.ts';

/** A parameter's value; an empty one counts as absent (RFC 6749 §3.1). */
export const parameter = (parameters: URLSearchParams, name: string): string | undefined =>
  parameters.get(name) || undefined;

type Deps = Pick<TenantContext, 'state' | 'linksToConsole'>;

const invalid = (description: string) => new PageError(400, { error: 'invalid_request', description });

const mismatch = (deps: Deps, client: Client, url: string | undefined) =>
  new PageError(403, {
    heading: 'Callback URL mismatch.',
    error: 'unauthorized_client',
    description: 'The provided redirect_uri is not in the list of allowed callback URLs.',
    hint: 'callback_mismatch',
    url,
    setting: consoleSettingOf(deps, 'callback_mismatch', client),
  });

/** The error of a `client_id` that no client has. */
export const unknownClient = (deps: Pick<TenantContext, 'linksToConsole'>, id: string) =>
  new PageError(400, {
    error: 'invalid_request',
    description: `Unknown client: ${id}`,
    hint: 'unknown_client',
    setting: consoleSettingOf(deps, 'unknown_client'),
  });

/**
 * The client and its callback: the first registered callback if the request names none. Throws an error page if either
 * is invalid, because a redirect to an unregistered URL would be an open redirect.
 */
export function requireCallback(
  deps: Deps,
  parameters: URLSearchParams,
): { readonly client: Client; readonly redirect_uri: string } {
  for (const name of ['client_id', 'redirect_uri'])
    if (parameters.getAll(name).length > 1) throw invalid(`Parameter ${name} must not be repeated`);
  const id = parameter(parameters, 'client_id');
  if (id === undefined) throw invalid('Missing required parameter: client_id');
  const client = findClientById(deps.state, id);
  if (!client) throw unknownClient(deps, id);
  const redirect_uri = parameter(parameters, 'redirect_uri') ?? client.callbacks[0];
  if (redirect_uri === undefined || !allowsCallback(client.callbacks, redirect_uri))
    throw mismatch(deps, client, redirect_uri);
  if (
    parameters.get('response_mode') === 'web_message' &&
    !client.web_origins.includes(originOf(redirect_uri))
  )
    throw new PageError(403, {
      error: 'unauthorized_client',
      description: 'The origin of the redirect_uri is not in the list of allowed web origins.',
      hint: 'web_origin',
      url: redirect_uri,
      setting: consoleSettingOf(deps, 'web_origin', client),
    });
  return { client, redirect_uri };
}

const originOf = (url: string): string => new URL(url).origin;

import { mayUseConnection } from '../authorization/client-connections.ts';
import { allowsUserAccess, findUserApi, userAccessText } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { parameter } from './require-callback.ts';

type Deps = Pick<TenantContext, 'state' | 'issuer'>;

/** The identifier of the requested API. Throws `access_denied` if it does not exist or allows no user access. */
export function parseAudience(
  context: Deps,
  client: Client,
  parameters: URLSearchParams,
): string | undefined {
  const compatible = context.state.settings.get()?.resource_parameter_profile === 'compatibility';
  const resource = compatible ? parameter(parameters, 'resource') : undefined;
  const asked = parameter(parameters, 'audience') ?? resource;
  const api = findUserApi(
    context,
    asked,
    () => new Refusal('access_denied', `Service not found: ${asked}`, 'unknown_audience'),
  );
  if (api && !allowsUserAccess(context, client, api)) {
    const strict = client.third_party_security_mode === 'strict';
    throw strict
      ? new Refusal('unauthorized_client', userAccessText(api), 'third_party_client_grant')
      : new Refusal('access_denied', userAccessText(api), 'user_access_denied');
  }
  return api?.identifier;
}

/** The requested connection. Throws `invalid_request` if the client may not use it. */
export function parseConnection({ state }: Deps, client: Client, parameters: URLSearchParams) {
  const name = parameter(parameters, 'connection');
  if (name === undefined) return undefined;
  const [connection] = state.connections.find('name', name);
  if (!connection) throw invalidRequest('the connection was not found', 'connection_disabled');
  if (!mayUseConnection(client, connection))
    throw invalidRequest('the connection is not enabled', 'connection_disabled');
  return connection.name;
}

/** The requested organization, by id or name. */
export function parseOrganization(
  { state }: Deps,
  client: Client,
  parameters: URLSearchParams,
): AuthorizeRequest['organization'] {
  const asked = parameter(parameters, 'organization');
  if (asked === undefined) {
    if (client.organization_usage !== 'require') return undefined;
    throw invalidRequest('parameter organization is required for this client', 'organization_usage');
  }
  if (client.organization_usage === 'deny')
    throw invalidRequest('parameter organization is not allowed for this client', 'organization_usage');
  const organization =
    state.organizations.get(asked) ?? state.organizations.find('name', asked.toLowerCase())[0];
  const strict = client.third_party_security_mode === 'strict';
  if (!organization || (strict && organization.third_party_client_access !== 'allow'))
    throw invalidRequest(`parameter organization is invalid: ${asked}`, 'organization_usage');
  return { id: organization.id, name: organization.name };
}

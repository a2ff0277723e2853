import { mayUseConnection } from '../authorization/client-connections.ts';
import { allowsUserAccess, findUserApi, userAccessText } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import { findOrganization } from '../organizations/find-organization.ts';
import { findInvitation, missingRoles } from '../organizations/invitations.ts';
import { signInConnections } from '../organizations/organization-connections.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Invitation } from '../state/organization-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { allowsOrganizationNames } from '../tokens/organization-claims.ts';
import { asksForOrganization, isOpenTo, spentInvitation } from './organization-step.ts';
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

/** The requested connection. Throws `invalid_request` if the client, or the requested organization, does not have it. */
export function parseConnection(
  { state }: Deps,
  client: Client,
  parameters: URLSearchParams,
  organization: AuthorizeRequest['organization'],
): string | undefined {
  const name = parameter(parameters, 'connection');
  if (name === undefined) return undefined;
  const [connection] = state.connections.find('name', name);
  if (!connection) throw invalidRequest('the connection was not found', 'connection_disabled');
  const usable = organization
    ? signInConnections({ state }, client, organization).some(({ id }) => id === connection.id)
    : mayUseConnection(client, connection);
  if (!usable) throw invalidRequest('the connection is not enabled', 'connection_disabled');
  return connection.name;
}

/** The requested organization: by id or, if the tenant allows names, by name. Throws `invalid_request`. */
export function parseOrganization(
  { state }: Deps,
  client: Client,
  parameters: URLSearchParams,
): AuthorizeRequest['organization'] {
  const asked = parameter(parameters, 'organization');
  if (asked === undefined) {
    if (client.organization_usage !== 'require' || asksForOrganization(client)) return undefined;
    throw invalidRequest('parameter organization is required for this client', 'organization_usage');
  }
  if (client.organization_usage === 'deny')
    throw invalidRequest('parameter organization is not allowed for this client', 'organization_usage');
  if (!asked.startsWith('org_') && !allowsOrganizationNames(state))
    throw invalidRequest(
      'authorization request parameter organization must be an organization id',
      'organization_names',
    );
  const organization = findOrganization(state, asked);
  if (!organization || !isOpenTo(client, organization))
    throw invalidRequest(`parameter organization is invalid: ${asked}`, 'organization_usage');
  return { id: organization.id, name: organization.name };
}

/** The requested invitation. Throws `invalid_request` unless it is open, and for this client and organization. */
export function parseInvitation(
  context: Pick<TenantContext, 'state' | 'clock'>,
  client: Client,
  parameters: URLSearchParams,
  organization: AuthorizeRequest['organization'],
): Invitation | undefined {
  const ticket = parameter(parameters, 'invitation');
  if (ticket === undefined) return undefined;
  const invitation = findInvitation(context, ticket);
  if (!invitation) throw spentInvitation();
  const mismatch = (what: string): Refusal =>
    invalidRequest(`invalid invitation ticket (${what})`, 'organization_usage');
  if (invitation.client_id !== client.client_id) throw mismatch('client_id mismatch');
  if (invitation.organization_id !== organization?.id) throw mismatch('organization mismatch');
  const missing = missingRoles(context.state, invitation);
  if (missing.length > 0) throw mismatch(`unknown roles: ${missing.join(', ')}`);
  return invitation;
}

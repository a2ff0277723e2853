import type { Client, ClientGrant } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';
import { oauthError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import { findOrganization } from './find-organization.ts';
import { isMember, notAMember } from './membership.ts';

type OrganizationName = { readonly id: string; readonly name: string };

const refuse = (description: string) =>
  oauthError(400, 'invalid_request', description, { hint: 'organization_usage' });

/**
 * The organization of a client's own token: the requested one or, if the grant requires one, the client's default.
 * Undefined: none. Throws 400 for one that the grant does not allow, 403 for one that the grant does not belong to.
 */
export function clientOrganization(
  state: Pick<State, 'organizations'>,
  client: Client,
  grant: ClientGrant,
  requested: string | undefined,
): OrganizationName | undefined {
  const { organization_usage: usage = 'deny', allow_any_organization: any = false } = grant;
  const asked = requested ?? (usage === 'require' ? client.default_organization?.organization_id : undefined);
  if (asked === undefined) {
    if (usage !== 'require') return undefined;
    throw refuse('parameter organization is required for this client');
  }
  if (usage === 'deny') throw refuse('parameter organization is not allowed for this client');
  const organization = findOrganization(state, asked);
  if (!organization) throw refuse(`parameter organization is invalid: ${asked}`);
  if (!any && organization.client_grants?.includes(grant.id) !== true)
    throw oauthError(
      403,
      'access_denied',
      `client ${client.client_id} is not part of the ${organization.id} organization`,
      {
        hint: 'organization_usage',
      },
    );
  return { id: organization.id, name: organization.name };
}

/** Throws 400 for a grant type that cannot sign in to an organization, if the request or the client asks for one. */
export function requireNoOrganization(client: Client, body: Parameters): void {
  if (body.text('organization') !== undefined)
    throw refuse('parameter organization is not supported by this grant type');
  if (client.organization_usage === 'require')
    throw refuse('parameter organization is required for this client');
}

/** Throws 403 `access_denied` if a user is no longer a member of the organization of their sign-in. */
export function requireMembership(
  state: Pick<State, 'organizations'>,
  organization: OrganizationName | undefined,
  userId: string,
): void {
  if (!organization || isMember(state, organization.id, userId)) return;
  throw oauthError(403, 'access_denied', notAMember(userId, organization.id), {
    userId,
    hint: 'organization_usage',
  });
}

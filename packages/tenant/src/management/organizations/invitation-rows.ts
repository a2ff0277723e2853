import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { createInvitation, missingRoles } from '../../organizations/invitations.ts';
import { enabledConnections } from '../../organizations/organization-connections.ts';
import type { Invitation, Organization } from '../../state/organization-documents.ts';
import type { Client } from '../../state/settings-documents.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { pageQuery } from '../list-reply.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { type InvitationBody, invitationBody } from './organization-body.ts';
import { organizationList } from './organization-list.ts';

const PATH = '/organizations/:id/invitations';
const listQuery = z.object({ ...pageQuery, ...fieldsQuery, sort: z.string().optional() });

const refuse = (message: string) => managementError(400, message, { errorCode: 'invalid_body' });

/** Invitations to organizations: create, list, read and revoke. */
export const invitationRows: MakeRows = (context) => {
  const { state } = context;

  /** The organization of a path. Its 404 differs from that of the other operations. */
  function requireOrganization(id = ''): Organization {
    const organization = state.organizations.get(id);
    if (!organization) throw notFound('No organization found by that id.', 'inexistent_organization');
    return organization;
  }

  function requireInvitation(id: string | undefined, invitationId = ''): Invitation {
    const organization = requireOrganization(id);
    const invitation = state.invitations.get(invitationId);
    if (invitation?.organization_id === organization.id) return invitation;
    throw notFound('The invitation does not exist.', 'inexistent_invitation');
  }

  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:organization_invitations'],
      query: listQuery,
      handle: ({ params, query }) => {
        const found = state.invitations.find('organization_id', requireOrganization(params.id).id);
        const items = query.sort === 'created_at:-1' ? found.toReversed() : found;
        const show = (invitation: Invitation) => pickFields(invitation, query);
        const reply = organizationList({ name: 'invitations', items, idOf: ({ id }) => id, show }, query);
        return query.include_totals === true ? { ...reply, body: withoutTotal(reply.body) } : reply;
      },
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Create invitations to an Organization',
      scopes: ['create:organization_invitations'],
      body: invitationBody,
      handle: ({ params, body }) => ({
        status: 201,
        body: invite(context, requireOrganization(params.id), body),
      }),
    }),
    defineRow({
      method: 'GET',
      path: `${PATH}/:invitation`,
      scopes: ['read:organization_invitations'],
      query: z.object(fieldsQuery),
      handle: ({ params, query }) => ({
        status: 200,
        body: pickFields(requireInvitation(params.id, params.invitation), query),
      }),
    }),
    defineRow({
      method: 'DELETE',
      path: `${PATH}/:invitation`,
      title: 'Delete an invitation to an Organization',
      scopes: ['delete:organization_invitations'],
      handle: ({ params }) => {
        state.invitations.remove(requireInvitation(params.id, params.invitation).id);
        return { status: 204 };
      },
    }),
  ];
};

/** This list has no total, unlike the others. */
const withoutTotal = (body: unknown): object =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).filter(
      ([name]) => name !== 'total',
    ),
  );

/** Creates an invitation. Throws 400 for an unknown client, connection or role, and if no page could accept it. */
function invite(context: TenantContext, organization: Organization, body: InvitationBody): Invitation {
  const { state } = context;
  const { client_id, ttl_sec: ttlS, send_invitation_email: isMailed = true, ...given } = body;
  const client = state.clients.get(client_id);
  if (!client) throw refuse('The specified client_id does not exist.');
  requireConnection(context, organization, given.connection_id);
  const missing = missingRoles(state, given);
  if (missing.length > 0)
    throw refuse(`One or more of the specified roles do not exist: ${missing.join(', ')}`);
  const loginUrl = loginUrlOf(context, client);
  return createInvitation(context, organization, { ...given, client, loginUrl, ttlS, isMailed });
}

function requireConnection(
  { state }: Pick<TenantContext, 'state'>,
  organization: Organization,
  id: string | undefined,
): void {
  if (id === undefined) return;
  const found = enabledConnections(state, organization).find(({ connection_id }) => connection_id === id);
  if (!found) throw refuse('The specified connection does not exist.');
  if (['email', 'sms'].includes(found.connection.strategy))
    throw refuse('Passwordless connections are not supported.');
}

/**
 * The target of an invitation's link: the login URI of the application, or the default one of the tenant. Throws 400.
 */
function loginUrlOf({ state }: Pick<TenantContext, 'state'>, { initiate_login_uri }: Client): string {
  const fallback = state.settings.get()?.extra?.['default_redirection_uri'];
  const url = [initiate_login_uri, fallback].find(
    (one) => typeof one === 'string' && one !== '' && URL.canParse(one),
  );
  if (typeof url === 'string') return url;
  throw refuse(
    'A default login route is required to generate the invitation url. Set the initiate_login_uri of the application, or the default_redirection_uri of the tenant.',
  );
}

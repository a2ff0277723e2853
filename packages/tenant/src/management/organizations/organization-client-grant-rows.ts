import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { ClientGrant } from '../../state/settings-documents.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { severalTexts } from '../several-texts.ts';
import { organizationList, organizationPaging } from './organization-list.ts';
import { showOrganization } from './organization-rows.ts';
import { requireOrganization } from './write-organization.ts';

const PATH = '/organizations/:id/client-grants';
const grantBody = z.strictObject({ grant_id: z.string().min(1) });
const listQuery = z.object({
  ...organizationPaging,
  audience: z.string().optional(),
  client_id: z.string().optional(),
  grant_ids: severalTexts.optional(),
});

/** The members of a grant that an organization shows. */
const toView = ({ client_id, audience, scope, organization_usage, allow_any_organization }: ClientGrant) => ({
  client_id,
  audience,
  scope,
  organization_usage: organization_usage ?? 'deny',
  allow_any_organization: allow_any_organization ?? false,
});

/** The client grants that are associated with an organization, and the organizations of a client grant. */
export const organizationClientGrantRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:organization_client_grants'],
      query: listQuery,
      handle: ({ params, query }) => {
        const { client_grants = [] } = requireOrganization(context, params.id);
        const isWanted = ({ id, audience, client_id }: ClientGrant): boolean =>
          (query.audience ?? audience) === audience &&
          (query.client_id ?? client_id) === client_id &&
          (query.grant_ids?.includes(id) ?? true);
        const items = client_grants.flatMap((id) => state.clientGrants.get(id) ?? []).filter(isWanted);
        const show = (grant: ClientGrant) => ({ id: grant.id, ...toView(grant) });
        return organizationList({ name: 'client_grants', items, idOf: ({ id }) => id, show }, query);
      },
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Associate a client grant with an Organization',
      scopes: ['create:organization_client_grants'],
      body: grantBody,
      handle: ({ params, body: { grant_id } }) =>
        state.transaction(() => {
          const organization = requireOrganization(context, params.id);
          const grant = requireGrant(context, grant_id);
          const client_grants = [...new Set([...(organization.client_grants ?? []), grant_id])];
          state.organizations.put({ ...organization, client_grants });
          return { status: 201, body: { grant_id, ...toView(grant) } };
        }),
    }),
    defineRow({
      method: 'DELETE',
      path: `${PATH}/:grant`,
      title: 'Remove a client grant from an Organization',
      scopes: ['delete:organization_client_grants'],
      handle: ({ params }) =>
        state.transaction(() => {
          const organization = requireOrganization(context, params.id);
          const client_grants = organization.client_grants?.filter((id) => id !== params.grant);
          state.organizations.put({ ...organization, client_grants });
          return { status: 204 };
        }),
    }),
    defineRow({
      method: 'GET',
      path: '/client-grants/:id/organizations',
      scopes: ['read:organization_client_grants'],
      query: z.object(organizationPaging),
      handle: ({ params, query }) => {
        const { id } = requireGrant(context, params.id);
        const items = state.organizations
          .list()
          .filter(({ client_grants }) => client_grants?.includes(id) === true);
        return organizationList(
          { name: 'organizations', items, idOf: (one) => one.id, show: showOrganization },
          query,
        );
      },
    }),
  ];
};

function requireGrant({ state }: Pick<TenantContext, 'state'>, id = ''): ClientGrant {
  const grant = state.clientGrants.get(id);
  if (!grant) throw notFound('The grant does not exist.', 'inexistent_client_grant');
  return grant;
}

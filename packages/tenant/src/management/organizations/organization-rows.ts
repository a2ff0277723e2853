import { z } from 'zod';
import { removeOrganization } from '../../organizations/cascades.ts';
import { organizationConnections } from '../../organizations/organization-connections.ts';
import type { Organization } from '../../state/organization-documents.ts';
import { removeKeptBelow } from '../kept/kept-resource.ts';
import { invalidQuery, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { createOrganizationBody, updateOrganizationBody } from './organization-body.ts';
import { showEnabledConnection } from './organization-connection-rows.ts';
import { organizationList, organizationPaging } from './organization-list.ts';
import { changeOrganization, createOrganization, requireOrganization } from './write-organization.ts';

const listQuery = z.object({ ...organizationPaging, sort: z.string().optional() });

/** An organization in the Management API's format, without its members, connections and other sub-resources. */
export const showOrganization = ({
  connections: _connections,
  members: _members,
  member_roles: _roles,
  client_grants: _grants,
  ...organization
}: Organization): object => ({ is_app_entitlement_active: false, ...organization });

/** In order of creation, or as `sort` asks: `(name|display_name|created_at):(1|-1)`. Throws 400. */
function sorted(items: readonly Organization[], sort: string | undefined): readonly Organization[] {
  if (sort === undefined) return items;
  const [, by, order] = /^(name|display_name|created_at):(1|-1)$/.exec(sort) ?? [];
  if (by === undefined) throw invalidQuery(`'String does not match pattern' on property sort`);
  const rising =
    by === 'name' || by === 'display_name'
      ? items.toSorted((a, b) => (a[by] < b[by] ? -1 : Number(a[by] > b[by])))
      : items;
  return order === '1' ? rising : rising.toReversed();
}

/** Organizations: create, list, read, change and delete. */
export const organizationRows: MakeRows = (context) => {
  const { state } = context;
  return [
    // No organization has clients of its own. A full export reads them.
    defineRow({
      method: 'GET',
      path: '/organizations/:id/clients',
      scopes: ['read:organizations'],
      handle: ({ params }) => {
        requireOrganization(context, params.id);
        return { status: 200, body: { clients: [] } };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/organizations',
      scopes: ['read:organizations', 'read:organizations_summary'],
      query: listQuery,
      handle: ({ query }) =>
        organizationList(
          {
            name: 'organizations',
            items: sorted(state.organizations.list(), query.sort),
            idOf: ({ id }) => id,
            show: showOrganization,
          },
          query,
        ),
    }),
    defineRow({
      method: 'POST',
      path: '/organizations',
      title: 'Create an Organization',
      scopes: ['create:organizations'],
      body: createOrganizationBody,
      handle: ({ body }) => {
        const organization = createOrganization(context, body);
        const enabled = organizationConnections(state, organization).map((entry) =>
          showEnabledConnection(context, entry),
        );
        const shown = showOrganization(organization);
        return {
          status: 201,
          body: { ...shown, ...(body.enabled_connections && { enabled_connections: enabled }) },
        };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/organizations/name/:name',
      scopes: ['read:organizations'],
      handle: ({ params: { name = '' } }) => {
        const [organization] = state.organizations.find('name', name);
        if (!organization) throw notFound('No organization found by that id or name');
        return { status: 200, body: showOrganization(organization) };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/organizations/:id',
      scopes: ['read:organizations'],
      handle: ({ params }) => ({
        status: 200,
        body: showOrganization(requireOrganization(context, params.id)),
      }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/organizations/:id',
      title: 'Modify an Organization',
      scopes: ['update:organizations'],
      body: updateOrganizationBody,
      handle: ({ params, body }) => ({
        status: 200,
        body: showOrganization(changeOrganization(context, params.id, body)),
      }),
    }),
    defineRow({
      method: 'DELETE',
      path: '/organizations/:id',
      title: 'Delete an Organization',
      scopes: ['delete:organizations'],
      handle: ({ params }) => {
        const { id } = requireOrganization(context, params.id);
        state.transaction(() => {
          removeKeptBelow(context, `/organizations/${id}`);
          removeOrganization(state, id);
        });
        return { status: 204 };
      },
    }),
  ];
};

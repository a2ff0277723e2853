import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import {
  organizationConnections,
  toOrganizationConnection,
} from '../../organizations/organization-connections.ts';
import type { Organization, OrganizationConnection } from '../../state/organization-documents.ts';
import { flag, pageQuery } from '../list-reply.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows, type ManagementRow } from '../management-row.ts';
import {
  type ConnectionSettings,
  changedConnectionBody,
  changedNewConnectionBody,
  connectionBody,
  enabledConnectionBody,
} from './organization-body.ts';
import { organizationList } from './organization-list.ts';
import { requireOrganization, toEntry } from './write-organization.ts';

type Deps = Pick<TenantContext, 'state'>;

const listQuery = z.object({ ...pageQuery, is_enabled: flag.optional() });

/** A connection in the older view, which has no settings of enterprise providers. */
export function showEnabledConnection(deps: Deps, entry: OrganizationConnection): object {
  const {
    is_enabled: _enabled,
    organization_access_level: _level,
    organization_connection_name: _name,
    ...shown
  } = showConnection(deps, entry);
  return shown;
}

/** A connection with its name and strategy; only databases have the setting of sign-ups. */
function showConnection({ state }: Deps, { is_signup_enabled, ...entry }: OrganizationConnection) {
  const { name = '', strategy = '' } = state.connections.get(entry.connection_id) ?? {};
  return {
    ...entry,
    ...(strategy === 'auth0' && { is_signup_enabled }),
    connection: { name, strategy },
  };
}

/** The connections of an organization, in both views of the API. */
export const organizationConnectionRows: MakeRows = (context) => {
  const { state } = context;
  const entriesOf = (organization: Organization) => organizationConnections(state, organization);

  /** Stores the connections of an organization. From then on it has its own list. */
  function put(organization: Organization, connections: readonly OrganizationConnection[]): void {
    state.organizations.put({ ...organization, connections });
  }

  function requireEntry(organization: Organization, id: string | undefined): OrganizationConnection {
    const entry = entriesOf(organization).find(({ connection_id }) => connection_id === id);
    if (!entry) throw notFound('No connection found by that id');
    return entry;
  }

  function add(id: string | undefined, connectionId: string, settings: ConnectionSettings) {
    return state.transaction(() => {
      const organization = requireOrganization(context, id);
      if (organization.connections?.some(({ connection_id }) => connection_id === connectionId))
        throw managementError(409, 'The connection is already enabled for the organization.');
      const entry = toEntry(context, toOrganizationConnection(connectionId), settings);
      const others = entriesOf(organization).filter(({ connection_id }) => connection_id !== connectionId);
      put(organization, [...others, entry]);
      return entry;
    });
  }

  function change(id: string | undefined, connectionId: string | undefined, settings: ConnectionSettings) {
    return state.transaction(() => {
      const organization = requireOrganization(context, id);
      const before = requireEntry(organization, connectionId);
      const entry = toEntry(context, before, settings);
      const next = entriesOf(organization).map((one) =>
        one.connection_id === before.connection_id ? entry : one,
      );
      put(organization, next);
      return entry;
    });
  }

  /** Removes a connection, if it is enabled. */
  function remove(id: string | undefined, connectionId: string | undefined): void {
    state.transaction(() => {
      const organization = requireOrganization(context, id);
      put(
        organization,
        entriesOf(organization).filter(({ connection_id }) => connection_id !== connectionId),
      );
    });
  }

  /** The rows that both views share. */
  const viewRows = (
    name: 'enabled_connections' | 'connections',
    show: (entry: OrganizationConnection) => object,
  ): ManagementRow[] => [
    defineRow({
      method: 'GET',
      path: `/organizations/:id/${name}`,
      scopes: ['read:organization_connections'],
      query: listQuery,
      handle: ({ params, query }) => {
        const { is_enabled: wanted } = query;
        const all = entriesOf(requireOrganization(context, params.id));
        const items = all.filter(({ is_enabled }) => wanted === undefined || is_enabled === wanted);
        // The older list has no page size of its own: `limit` is the number of its rows.
        const per_page = name === 'connections' ? query.per_page : (query.per_page ?? items.length);
        const list = { name, items, idOf: (entry: OrganizationConnection) => entry.connection_id, show };
        return organizationList(list, { ...query, per_page });
      },
    }),
    defineRow({
      method: 'GET',
      path: `/organizations/:id/${name}/:connection`,
      scopes: ['read:organization_connections'],
      handle: ({ params }) => ({
        status: 200,
        body: show(requireEntry(requireOrganization(context, params.id), params.connection)),
      }),
    }),
    defineRow({
      method: 'DELETE',
      path: `/organizations/:id/${name}/:connection`,
      title: 'Delete a connection of an Organization',
      scopes: ['delete:organization_connections'],
      handle: ({ params }) => {
        remove(params.id, params.connection);
        return { status: 204 };
      },
    }),
  ];

  const showOld = (entry: OrganizationConnection) => showEnabledConnection(context, entry);
  const showNew = (entry: OrganizationConnection) => showConnection(context, entry);
  return [
    ...viewRows('enabled_connections', showOld),
    ...viewRows('connections', showNew),
    defineRow({
      method: 'POST',
      path: '/organizations/:id/enabled_connections',
      title: 'Add a connection to an Organization',
      scopes: ['create:organization_connections'],
      body: enabledConnectionBody,
      handle: ({ params, body: { connection_id, ...settings } }) => ({
        status: 201,
        body: showOld(add(params.id, connection_id, settings)),
      }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/organizations/:id/enabled_connections/:connection',
      title: 'Modify a connection of an Organization',
      scopes: ['update:organization_connections'],
      body: changedConnectionBody,
      handle: ({ params, body }) => ({
        status: 200,
        body: showOld(change(params.id, params.connection, body)),
      }),
    }),
    defineRow({
      method: 'POST',
      path: '/organizations/:id/connections',
      title: 'Add a connection to an Organization',
      scopes: ['create:organization_connections'],
      body: connectionBody,
      handle: ({ params, body: { connection_id, ...settings } }) => ({
        status: 201,
        body: showNew(add(params.id, connection_id, settings)),
      }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/organizations/:id/connections/:connection',
      title: 'Modify a connection of an Organization',
      scopes: ['update:organization_connections'],
      body: changedNewConnectionBody,
      handle: ({ params, body }) => ({
        status: 200,
        body: showNew(change(params.id, params.connection, body)),
      }),
    }),
  ];
};

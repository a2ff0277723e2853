import type { TenantContext } from '../../context.ts';
import { toOrganizationConnection } from '../../organizations/organization-connections.ts';
import { defined, toOrganization } from '../../state/defaults.ts';
import type { Organization, OrganizationConnection } from '../../state/organization-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { managementError, notFound } from '../management-error.ts';
import type {
  ConnectionSettings,
  CreateOrganizationBody,
  UpdateOrganizationBody,
} from './organization-body.ts';

type Deps = Pick<TenantContext, 'state'>;

/** The organization of a path. Throws 404 without an error code, as Auth0 does. */
export function requireOrganization({ state }: Deps, id = ''): Organization {
  const organization = state.organizations.get(id);
  if (!organization) throw notFound('No organization found by that id or name');
  return organization;
}

function requireFreeName({ state }: Deps, name: string, id?: string): void {
  if (state.organizations.find('name', name).some((other) => other.id !== id))
    throw managementError(409, 'An organization with the same name already exists.', {
      errorCode: 'organization_conflict',
    });
}

/** Creates an organization. Throws 404 for an unknown connection, 409 if the name exists. */
export function createOrganization({ state }: Deps, body: CreateOrganizationBody): Organization {
  const { enabled_connections = [], ...given } = body;
  return state.transaction(() => {
    requireFreeName({ state }, body.name);
    const connections = enabled_connections.map(({ connection_id, ...settings }) =>
      toEntry({ state }, toOrganizationConnection(connection_id), settings),
    );
    const organization: Organization = { ...toOrganization(given), connections };
    state.organizations.put(organization);
    return organization;
  });
}

/** Changes an organization: metadata is replaced as a whole, an unnamed member of `branding` stays. Throws 409. */
export function changeOrganization(
  { state }: Deps,
  id: string | undefined,
  body: UpdateOrganizationBody,
): Organization {
  return state.transaction(() => {
    const before = requireOrganization({ state }, id);
    requireFreeName({ state }, body.name ?? before.name, before.id);
    const { branding, metadata, ...rest } = body;
    const organization: Organization = {
      ...applyPatch<Organization>(before, rest),
      ...(branding !== undefined && {
        branding: branding === null ? undefined : { ...before.branding, ...defined(branding) },
      }),
      ...(metadata && { metadata: Object.keys(metadata).length === 0 ? undefined : metadata }),
    };
    state.organizations.put(organization);
    return organization;
  });
}

/** A connection of an organization with changed settings. Throws 404 and 400. */
export function toEntry(
  { state }: Deps,
  before: OrganizationConnection,
  settings: ConnectionSettings,
): OrganizationConnection {
  const connection = state.connections.get(before.connection_id);
  if (!connection) throw notFound('No connection found by that id');
  const entry: OrganizationConnection = { ...before, ...defined(settings) };
  if (
    settings.is_signup_enabled === true &&
    !(connection.strategy === 'auth0' && entry.assign_membership_on_login)
  )
    throw managementError(
      400,
      'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
    );
  return entry;
}

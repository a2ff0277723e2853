import type { Organization } from '../state/organization-documents.ts';
import type { State } from '../state/state.ts';

type Store = Pick<
  State,
  'organizations' | 'invitations' | 'consents' | 'refreshFamilies' | 'roles' | 'transaction'
>;

/** Deletes an organization with its invitations, its own roles, consents to it, and refresh tokens for it. */
export function removeOrganization(state: Store, id: string): void {
  state.transaction(() => {
    state.organizations.remove(id);
    for (const invitation of state.invitations.find('organization_id', id))
      state.invitations.remove(invitation.id);
    for (const role of state.roles.list()) if (role.owner_id === id) state.roles.remove(role.id);
    for (const consent of state.consents.list())
      if (consent.organization === id) state.consents.remove(consent.id);
    for (const family of state.refreshFamilies.list())
      if (family.organization?.id === id) state.refreshFamilies.put({ ...family, revoked: true });
  });
}

function changeEach(
  { organizations, transaction }: Pick<State, 'organizations' | 'transaction'>,
  change: (organization: Organization) => Organization,
): void {
  transaction(() => {
    for (const organization of organizations.list()) {
      const changed = change(organization);
      if (changed !== organization) organizations.put(changed);
    }
  });
}

/** Removes a deleted role from the members of every organization. */
export const removeRoleFromOrganizations = (
  state: Pick<State, 'organizations' | 'transaction'>,
  roleId: string,
): void =>
  changeEach(state, (organization) => {
    const entries = Object.entries(organization.member_roles ?? {});
    if (!entries.some(([, roles]) => roles.includes(roleId))) return organization;
    const rest = entries.map(([id, roles]) => [id, roles.filter((role) => role !== roleId)] as const);
    return {
      ...organization,
      member_roles: Object.fromEntries(rest.filter(([, roles]) => roles.length > 0)),
    };
  });

/** Removes a deleted connection from every organization. */
export const removeConnectionFromOrganizations = (
  state: Pick<State, 'organizations' | 'transaction'>,
  connectionId: string,
): void =>
  changeEach(state, (organization) =>
    organization.connections?.some(({ connection_id }) => connection_id === connectionId)
      ? {
          ...organization,
          connections: organization.connections.filter(({ connection_id }) => connection_id !== connectionId),
        }
      : organization,
  );

/** Removes a deleted client grant from every organization. */
export const removeClientGrantFromOrganizations = (
  state: Pick<State, 'organizations' | 'transaction'>,
  grantId: string,
): void =>
  changeEach(state, (organization) =>
    organization.client_grants?.includes(grantId)
      ? { ...organization, client_grants: organization.client_grants.filter((id) => id !== grantId) }
      : organization,
  );

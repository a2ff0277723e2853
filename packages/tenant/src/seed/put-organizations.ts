import { toOrganizationConnection } from '../organizations/organization-connections.ts';
import { defined, toOrganization } from '../state/defaults.ts';
import type { Organization } from '../state/organization-documents.ts';
import { grantKey, type State } from '../state/state.ts';
import { mergeEntry } from './merge-seeds.ts';
import type { Rename } from './name-audiences.ts';
import type { SeedInput } from './seed-input.ts';

type SeedOrganization = SeedInput['organizations'][number];

/** Applies the organizations of a seed, after the connections, client grants and roles that they name. */
export function putOrganizations(
  state: State,
  organizations: readonly SeedOrganization[],
  resolve: Rename,
): void {
  for (const given of organizations) {
    const [before] = state.organizations.find('name', given.name);
    const organization = toStored(state, given, resolve);
    state.organizations.put(
      before ? mergeEntry(before, { ...organization, id: before.id }) : toOrganization(organization),
    );
  }
}

/** The members that the seed contains, with ids instead of names. */
function toStored(
  state: State,
  { connections, members, client_grants, ...given }: SeedOrganization,
  resolve: Rename,
): Partial<Organization> & Pick<Organization, 'name'> {
  const roleIds = (names: readonly string[]): string[] =>
    names.flatMap((name) => state.roles.find('name', name).map(({ id }) => id));
  const roles = members?.flatMap((member) =>
    typeof member === 'string' ? [] : [[member.user_id, roleIds(member.roles)] as const],
  );
  return {
    ...defined(given),
    ...(connections && {
      connections: connections.flatMap((entry) => {
        const { name, ...settings } = typeof entry === 'string' ? { name: entry } : entry;
        return state.connections
          .find('name', name)
          .map(({ id }) => toOrganizationConnection(id, defined(settings)));
      }),
    }),
    ...(members && {
      members: members.map((member) => (typeof member === 'string' ? member : member.user_id)),
    }),
    ...(roles && roles.length > 0 && { member_roles: Object.fromEntries(roles) }),
    ...(client_grants && {
      client_grants: client_grants.flatMap(({ client_id, audience }) =>
        state.clientGrants
          .find('pair', grantKey(client_id, resolve(audience)))
          .filter(({ subject_type }) => subject_type === 'client')
          .map(({ id }) => id),
      ),
    }),
  };
}

import type { Organization } from '../state/organization-documents.ts';
import type { State } from '../state/state.ts';

type Organizations = Pick<State, 'organizations' | 'transaction'>;

/** Auth0's message for a user who is not a member. */
export const notAMember = (userId: string, organizationId: string): string =>
  `user ${userId} is not part of the ${organizationId} organization`;

/** Whether a user is a member of an organization; false if it does not exist. */
export const isMember = (
  { organizations }: Pick<State, 'organizations'>,
  organizationId: string,
  userId: string,
): boolean => organizations.get(organizationId)?.members.includes(userId) === true;

/** The organizations of a user. */
export const organizationsOf = (
  { organizations }: Pick<State, 'organizations'>,
  userId: string,
): Organization[] => organizations.list().filter(({ members }) => members.includes(userId));

/** The ids of the roles that a member has in an organization. */
export const memberRoles = ({ member_roles }: Organization, userId: string): readonly string[] =>
  member_roles?.[userId] ?? [];

/** Makes users members of an organization, with these roles in addition to those that they have. */
export function addMembers(
  { organizations, transaction }: Organizations,
  id: string,
  userIds: readonly string[],
  roles: readonly string[] = [],
): void {
  transaction(() => {
    const organization = organizations.get(id);
    if (!organization) return;
    const members = [...new Set([...organization.members, ...userIds])];
    organizations.put(
      userIds.reduce<Organization>(
        (next, userId) => withRoles(next, userId, [...new Set([...memberRoles(next, userId), ...roles])]),
        { ...organization, members },
      ),
    );
  });
}

/** Removes members with their roles. */
export function removeMembers(
  { organizations, transaction }: Organizations,
  id: string,
  userIds: readonly string[],
): void {
  transaction(() => {
    const organization = organizations.get(id);
    if (!organization) return;
    const members = organization.members.filter((userId) => !userIds.includes(userId));
    organizations.put(
      userIds.reduce<Organization>((next, userId) => withRoles(next, userId, []), {
        ...organization,
        members,
      }),
    );
  });
}

/** The organization where a member has these roles. */
export function withRoles(
  organization: Organization,
  userId: string,
  roles: readonly string[],
): Organization {
  const others = Object.entries(organization.member_roles ?? {}).filter(([id]) => id !== userId);
  const member_roles = Object.fromEntries(roles.length === 0 ? others : [...others, [userId, roles]]);
  return { ...organization, member_roles };
}

import { z } from 'zod';
import {
  addMembers,
  memberRoles,
  organizationsOf,
  removeMembers,
  withRoles,
} from '../../organizations/membership.ts';
import type { Organization } from '../../state/organization-documents.ts';
import type { User } from '../../state/user-documents.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireRole } from '../roles/role-errors.ts';
import { requireUser } from '../users/user-errors.ts';
import { memberRolesBody, membersBody } from './organization-body.ts';
import { organizationList, organizationPaging, pageOnly } from './organization-list.ts';
import { showOrganization } from './organization-rows.ts';
import { requireOrganization } from './write-organization.ts';

const PATH = '/organizations/:id/members';
const ROLES_PATH = '/organizations/:id/members/:user/roles';
const READ_ROLES = ['read:organization_member_roles'];

const listQuery = z.object({ ...organizationPaging, ...fieldsQuery });

const showMember = ({ user_id, email, picture, name }: User) => ({ user_id, email, picture, name });

/** Members of organizations, their roles, and the organizations of a user. */
export const memberRows: MakeRows = (context) => {
  const { state } = context;
  const rolesOf = (organization: Organization, userId: string) =>
    memberRoles(organization, userId).flatMap((id) => state.roles.get(id) ?? []);
  const usersOf = (userIds: readonly string[]) => userIds.flatMap((id) => state.users.get(id) ?? []);

  /** The member of a path. Throws 404. */
  function requireMember(id: string | undefined, userId = '') {
    const organization = requireOrganization(context, id);
    if (!organization.members.includes(userId))
      throw notFound('The user is not a member of the organization.');
    return { organization, userId };
  }

  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:organization_members'],
      query: listQuery,
      handle: ({ params, query }) => {
        const organization = requireOrganization(context, params.id);
        const { fields, include_fields } = query;
        // Roles are listed only if they are named.
        const withThem = fields?.split(',').some((name) => name.trim() === 'roles') === true;
        const show = (user: User) => {
          const roles = rolesOf(organization, user.user_id).map(({ id, name }) => ({ id, name }));
          return pickFields({ ...showMember(user), ...(withThem && { roles }) }, { fields, include_fields });
        };
        const items = usersOf(organization.members);
        return organizationList({ name: 'members', items, idOf: ({ user_id }) => user_id, show }, query);
      },
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Add members to an Organization',
      scopes: ['create:organization_members'],
      body: membersBody,
      handle: ({ params, body: { members } }) => {
        const { id } = requireOrganization(context, params.id);
        for (const userId of members) requireUser(context, userId);
        addMembers(state, id, members);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: PATH,
      title: 'Delete members from an Organization',
      scopes: ['delete:organization_members'],
      body: membersBody,
      handle: ({ params, body: { members } }) => {
        removeMembers(state, requireOrganization(context, params.id).id, members);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: ROLES_PATH,
      scopes: READ_ROLES,
      query: pageOnly,
      handle: ({ params, query }) => {
        const { organization, userId } = requireMember(params.id, params.user);
        return organizationList(
          {
            name: 'roles',
            items: rolesOf(organization, userId),
            idOf: ({ id }) => id,
            show: ({ id, name, description }) => ({ id, name, description }),
          },
          query,
        );
      },
    }),
    defineRow({
      method: 'POST',
      path: ROLES_PATH,
      title: 'Assign roles to a member of an Organization',
      scopes: ['create:organization_member_roles'],
      body: memberRolesBody,
      handle: ({ params, body: { roles } }) =>
        state.transaction(() => {
          const { organization, userId } = requireMember(params.id, params.user);
          for (const id of roles) requireRole(context, id);
          addMembers(state, organization.id, [userId], roles);
          return { status: 204 };
        }),
    }),
    defineRow({
      method: 'DELETE',
      path: ROLES_PATH,
      title: 'Remove roles from a member of an Organization',
      scopes: ['delete:organization_member_roles'],
      body: memberRolesBody,
      handle: ({ params, body: { roles } }) =>
        state.transaction(() => {
          const { organization, userId } = requireMember(params.id, params.user);
          const kept = memberRoles(organization, userId).filter((id) => !roles.includes(id));
          state.organizations.put(withRoles(organization, userId, kept));
          return { status: 204 };
        }),
    }),
    defineRow({
      method: 'GET',
      path: '/organizations/:id/roles/:role/members',
      scopes: READ_ROLES,
      query: z.object(organizationPaging),
      handle: ({ params, query }) => {
        const organization = requireOrganization(context, params.id);
        const { id } = requireRole(context, params.role);
        const items = usersOf(
          organization.members.filter((userId) => memberRoles(organization, userId).includes(id)),
        );
        return organizationList(
          { name: 'members', items, idOf: ({ user_id }) => user_id, show: showMember },
          query,
        );
      },
    }),
    defineRow({
      method: 'GET',
      path: '/users/:id/organizations',
      scopes: ['read:organizations'],
      query: pageOnly,
      handle: ({ params: { id = '' }, query }) => {
        if (!state.users.get(id)) throw notFound('User not found');
        const items = organizationsOf(state, id);
        return organizationList(
          { name: 'organizations', items, idOf: (one) => one.id, show: showOrganization },
          query,
        );
      },
    }),
  ];
};

import { type Html, html } from '../pages/html.ts';
import type { ResourceServer, Role } from '../state/settings-documents.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  type Outcome,
  requireExisting,
  type Visit,
} from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { asJson, card, code, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';
import { findMember, membersCard } from './members-card.ts';

const settingsOf = ({ name, description }: Role): FormValues => ({ name, description: description ?? '' });

/** The permissions that a role has at one API. */
const permissionsAt = ({ permissions }: Role, identifier: string): FormValues => ({
  scope: permissions
    .filter(({ resource_server_identifier }) => resource_server_identifier === identifier)
    .map(({ permission_name }) => permission_name),
});

/** GET /console/roles/:id: a role's permissions and members. */
export function rolePage(deps: ConsoleDeps, manage: Manage): ConsolePage {
  const { state } = deps.context;
  const findRole = ({ params }: Visit) => state.roles.get(params['id'] ?? '');
  const requireRole = (visit: Visit) => requireExisting(findRole(visit), 'role');
  return {
    path: '/roles/:id',
    section: 'roles',
    show: (visit) => {
      const role = findRole(visit);
      if (!role) return undefined;
      return {
        title: role.name,
        lead: code(role.id),
        body: html`<div class="cards packed">
${settingsCard(role, visit)}
${permissionsCard(deps, role, visit)}
${members(deps, role, visit)}
${deleteCard(visit, 'role', role.name, 'Its members lose its permissions.')}
</div>
${asJson('role-json', role)}`,
      };
    },
    actions: {
      'set-role': async (visit) => {
        const role = requireRole(visit);
        const changes = readChanges(visit, settingsOf(role));
        if (Object.keys(changes).length > 0) await manage('PATCH', ['roles', role.id], changes);
        return { done: 'role_saved' };
      },
      'set-permissions': (visit) => setPermissions(manage, requireRole(visit), visit),
      'add-member': async (visit) => {
        const { user_id } = findMember(state, visit);
        await manage('POST', ['roles', requireRole(visit).id, 'users'], { users: [user_id] });
        return { done: 'role_added', user_id };
      },
      'remove-member': async (visit) => {
        const user_id = visit.fields['user'] ?? '';
        await manage('DELETE', ['users', user_id, 'roles'], { roles: [requireRole(visit).id] });
        return { done: 'role_removed', user_id };
      },
      delete: async (visit) => {
        requireSure(visit, 'role');
        await manage('DELETE', ['roles', requireRole(visit).id]);
        return { done: 'role_deleted', to: '/console/roles' };
      },
    },
  };
}

/** Gives and takes the permissions of one API that the form has changed. */
async function setPermissions(manage: Manage, role: Role, visit: Visit): Promise<Outcome> {
  const identifier = visit.fields['api'] ?? '';
  const before = permissionsAt(role, identifier);
  const { scope } = readChanges(visit, before);
  const [held, wanted] = [before['scope'], scope ?? before['scope']].map((value) =>
    Array.isArray(value) ? value.map(String) : [],
  );
  const path = ['roles', role.id, 'permissions'];
  const toBody = (names: readonly string[] = []) => ({
    permissions: names.map((permission_name) => ({
      resource_server_identifier: identifier,
      permission_name,
    })),
  });
  const added = wanted?.filter((name) => !held?.includes(name)) ?? [];
  const removed = held?.filter((name) => !wanted?.includes(name)) ?? [];
  if (added.length > 0) await manage('POST', path, toBody(added));
  if (removed.length > 0) await manage('DELETE', path, toBody(removed));
  return { done: 'role_saved' };
}

const settingsCard = (role: Role, visit: Visit): Html =>
  card({
    id: 'role-settings',
    title: 'Settings',
    body: inputForm(
      { visit, action: 'set-role', values: settingsOf(role) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`<div class="stack">
${inputs.text('name', 'Name', { more: { required: true, maxlength: 280 } })}
${inputs.text('description', 'Description', { more: { maxlength: 1000 } })}
</div>`,
    ),
  });

function permissionsCard({ context: { state } }: ConsoleDeps, role: Role, visit: Visit): Html {
  const toForm = (api: ResourceServer) => {
    const values = permissionsAt(role, api.identifier);
    const { length: count } = role.permissions.filter(
      ({ resource_server_identifier }) => resource_server_identifier === api.identifier,
    );
    const isOpen = visit.fields['api'] === api.identifier;
    return html`<details id="${`permissions-${api.id}`}"${isOpen && html` open`}><summary>${api.name}: ${count} of ${api.scopes.length} ${!api.enforce_policies && mark('RBAC is off', 'warn')}</summary>
${inputForm(
  {
    visit,
    action: 'set-permissions',
    id: `permissions-of-${api.id}`,
    values,
    hidden: { api: api.identifier },
  },
  { label: 'Save the permissions', look: 'small primary' },
  (inputs) =>
    inputs.checks(
      'scope',
      'Permissions',
      api.scopes.map(({ value, description }) => ({ value, label: code(value), hint: description })),
    ),
)}</details>`;
  };
  const apis = state.resourceServers.list().filter(({ scopes }) => scopes.length > 0);
  return card({
    id: 'permissions',
    title: 'Permissions',
    body: apis.length === 0 ? html`<p class="none">No API has scopes.</p>` : html`${apis.map(toForm)}`,
  });
}

function members({ context: { state } }: ConsoleDeps, role: Role, visit: Visit): Html {
  const users = state.authorizations
    .list()
    .filter(({ roles }) => roles.includes(role.id))
    .flatMap(({ user_id }) => state.users.get(user_id) ?? []);
  return membersCard(visit, users);
}

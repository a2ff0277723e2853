import { type Html, html } from '../pages/html.ts';
import type { ConsoleDeps, Outcome, Visit } from './console-page.ts';
import { actionButton, actionForm, card, code, labelled, list } from './elements.ts';
import type { Manage } from './manage.ts';

/** A user's roles and direct permissions. */
export function rolesCard({ context: { state } }: ConsoleDeps, visit: Visit, userId: string): Html {
  const { roles: own = [], permissions = [] } = state.authorizations.get(userId) ?? {};
  const roles = state.roles.list();
  const free = roles.filter(({ id }) => !own.includes(id));
  const lines = roles
    .filter(({ id }) => own.includes(id))
    .map(
      ({ id, name, description }) => html`<div class="line"><span class="what">${name}</span>
<span class="by">${actionButton(visit, 'remove-role', 'Remove', { hidden: { role: id }, about: `the role ${name}` })}</span></div>
${description !== '' && html`<p class="more">${description ?? ''}</p>`}`,
    );
  const options = free.map(({ id, name }) => html`<option value="${id}">${name}</option>`);
  return card({
    id: 'roles',
    title: 'Roles',
    body: html`${list(lines, 'No roles.')}
${permissions.length > 0 && html`<p class="more">Direct permissions: ${permissions.map((one) => html`${code(one.permission_name)} at ${code(one.resource_server_identifier)} `)}</p>`}
${
  free.length > 0 &&
  actionForm(
    visit,
    'add-role',
    html`<div class="row">${labelled('role', 'Assign a role', html`<select id="role" name="role">${options}</select>`)}
<button type="submit" class="small">Give</button></div>`,
  )
}`,
  });
}

/** Assigns the selected role to the page's user. */
export async function addRole(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  const user_id = params['id'] ?? '';
  await manage('POST', ['users', user_id, 'roles'], { roles: [fields['role'] ?? ''] });
  return { done: 'role_added', user_id };
}

/** Removes a role from the page's user. */
export async function removeRole(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  const user_id = params['id'] ?? '';
  await manage('DELETE', ['users', user_id, 'roles'], { roles: [fields['role'] ?? ''] });
  return { done: 'role_removed', user_id };
}

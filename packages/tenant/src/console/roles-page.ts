import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { card, linkTo, list } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import type { Manage } from './manage.ts';

/** GET /console/roles: the roles, and the form that creates one. */
export const rolesPage = ({ context: { state } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/roles',
  section: 'roles',
  show: (visit) => {
    const holders = state.authorizations.list().flatMap(({ roles }) => roles);
    const count = (id: string) => holders.filter((role) => role === id).length;
    return {
      title: 'Roles',
      lead: 'A role gives its members permissions: scopes of APIs that use RBAC.',
      body: html`${card({
        id: 'roles',
        title: 'All',
        look: 'wide',
        body: list(
          state.roles.list().map(
            ({ id, name, description, permissions }) => html`<div class="line">
<span class="what">${linkTo('roles', id, name)}</span>
<span class="who soft">${description ?? undefined}</span>
<span class="by soft">${permissions.length} ${permissions.length === 1 ? 'permission' : 'permissions'}, ${count(id)} ${count(id) === 1 ? 'member' : 'members'}</span>
</div>`,
          ),
          'No roles yet.',
        ),
      })}
${card({
  id: 'create',
  title: 'Create a role',
  look: 'wide',
  body: inputForm(
    { visit, action: 'create', values: { name: '', description: '' } },
    { label: 'Create' },
    (inputs) => html`<div class="fields">
${inputs.text('name', 'Name', { more: { required: true, maxlength: 280 } })}
${inputs.text('description', 'Description', { more: { maxlength: 1000 } })}
</div>`,
  ),
})}`,
    };
  },
  actions: { create: (visit) => create(manage, visit) },
});

/** Creates a role and redirects to its page. Throws the errors of the Management API. */
async function create(manage: Manage, { fields }: Visit): Promise<Outcome> {
  const [name, description] = [fields['name']?.trim() ?? '', fields['description']?.trim() ?? ''];
  const created = await manage('POST', ['roles'], { name, ...(description !== '' && { description }) });
  // The Management API returns the new role.
  const { id } = created as { readonly id: string };
  return { done: 'role_created', to: `/console/roles/${encodeURIComponent(id)}` };
}

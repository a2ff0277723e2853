import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { actionForm, card, labelled, linkTo, list } from './elements.ts';
import type { Manage } from './manage.ts';

/** GET /console/organizations: the organizations, and the form that creates one. */
export const organizationsPage = ({ context: { state } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/organizations',
  section: 'organizations',
  show: (visit) => ({
    title: 'Organizations',
    body: html`${card({
      id: 'organizations',
      title: 'All',
      look: 'wide',
      body: list(
        state.organizations.list().map(
          ({ id, display_name, members }) => html`<div class="line">
<span class="what">${linkTo('organizations', id, display_name)}</span>
<span class="who soft">${members.length} ${members.length === 1 ? 'member' : 'members'}</span>
<span class="by"><code>${id}</code></span>
</div>`,
        ),
        'No organizations yet.',
      ),
    })}
${createCard(visit)}`,
  }),
  actions: { create: (visit) => create(manage, visit) },
});

const createCard = (visit: Visit) =>
  card({
    id: 'create',
    title: 'Create an organization',
    look: 'wide',
    body: actionForm(
      visit,
      'create',
      html`<div class="fields">
${labelled('name', 'Name', html`<input id="name" name="name" autocomplete="off" required maxlength="50" pattern="[a-z0-9_\\-]+" value="${visit.fields['name']}">`, 'Lower case letters, digits, - and _.')}
${labelled('display_name', 'Display name', html`<input id="display_name" name="display_name" autocomplete="off" maxlength="255" value="${visit.fields['display_name']}">`)}
</div>
<div class="buttons"><button type="submit">Create</button></div>`,
    ),
  });

async function create(manage: Manage, { fields: { name, display_name } }: Visit): Promise<Outcome> {
  const body = { name, ...(display_name !== '' && { display_name }) };
  const created = await manage('POST', ['organizations'], body);
  // The Management API returns the new organization.
  const { id } = created as { readonly id: string };
  return { done: 'organization_created', to: `/console/organizations/${encodeURIComponent(id)}` };
}

import { html } from '../pages/html.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { card, code, linkTo, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { linesOf } from './form-values.ts';
import type { Manage } from './manage.ts';

const NEW = { name: '', identifier: '', scopes: [], allow_offline_access: true, enforce_policies: false };

/** GET /console/apis: the APIs, and the form that creates one. */
export const apisPage = ({ context: { state } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/apis',
  section: 'apis',
  show: (visit) => ({
    title: 'APIs',
    lead: html`APIs that tokens can be requested for, by <code>audience</code>.`,
    body: html`${card({
      id: 'apis',
      title: 'All',
      look: 'wide',
      body: list(
        state.resourceServers.list().map(
          ({ id, name, identifier, scopes, is_system }) => html`<div class="line">
<span class="what">${linkTo('apis', id, name)} ${is_system && mark('system')}</span>
<span class="who">${code(identifier)}</span>
<span class="by soft">${scopes.length} ${scopes.length === 1 ? 'scope' : 'scopes'}</span>
</div>`,
        ),
        'No APIs yet.',
      ),
    })}
${createCard(visit)}`,
  }),
  actions: { create: (visit) => create(manage, visit) },
});

const createCard = (visit: Visit) =>
  card({
    id: 'create',
    title: 'Create an API',
    look: 'wide',
    body: inputForm(
      { visit, action: 'create', values: NEW },
      { label: 'Create' },
      (inputs) => html`<div class="fields">
${inputs.text('name', 'Name', { more: { required: true, maxlength: 200 } })}
${inputs.text('identifier', 'Identifier', { hint: html`The <code>audience</code> of its tokens, such as a URL. It cannot be changed.`, more: { required: true, maxlength: 600 } })}
${inputs.lines('scopes', 'Scopes', html`One per line: <code>read:orders Read your orders</code>`)}
</div>
${inputs.check('allow_offline_access', 'Refresh tokens', html`for the scope <code>offline_access</code>`)}
${inputs.check('enforce_policies', 'RBAC', 'users get only scopes that they have permissions for, and tokens contain their permissions')}`,
    ),
  });

/** A line of the form: a scope, then its description. */
export function toScope(line: string): { readonly value: string; readonly description?: string } {
  const [value = '', ...words] = line.split(/\s+/);
  return words.length === 0 ? { value } : { value, description: words.join(' ') };
}

/** Creates an API and redirects to its page. Throws the errors of the Management API. */
async function create(manage: Manage, { fields }: Visit): Promise<Outcome> {
  const { name = '', identifier = '', scopes } = fields;
  const withRoles = fields['enforce_policies'] === 'yes';
  const created = await manage('POST', ['resource-servers'], {
    name: name.trim(),
    identifier: identifier.trim(),
    scopes: linesOf(scopes).map(toScope),
    allow_offline_access: fields['allow_offline_access'] === 'yes',
    enforce_policies: withRoles,
    ...(withRoles && { token_dialect: 'access_token_authz' }),
    skip_consent_for_verifiable_first_party_clients: true,
  });
  // The Management API returns the new API.
  const { id } = created as { readonly id: string };
  return { done: 'api_created', to: `/console/apis/${encodeURIComponent(id)}` };
}

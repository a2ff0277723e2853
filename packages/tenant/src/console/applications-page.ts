import { CLIENT_TEMPLATES, isClientTemplate } from '../clients/client-templates.ts';
import { html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  ConsoleRefusal,
  type Outcome,
  type Visit,
} from './console-page.ts';
import { card, linkTo, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { linesOf } from './form-values.ts';
import type { Manage } from './manage.ts';

const KINDS: Readonly<Record<string, string>> = {
  regular_web: 'web application',
  spa: 'single-page application',
  native: 'native application',
  non_interactive: 'machine to machine',
};

/** The label of an application's type. */
export const kindOf = ({ app_type }: Pick<Client, 'app_type'>): string =>
  Object.hasOwn(KINDS, app_type) ? (KINDS[app_type] ?? app_type) : app_type;

/** The URL lists that a new application can have from the start. */
const URL_LISTS = ['callbacks', 'allowed_logout_urls', 'web_origins'] as const;

/** GET /console/applications: the applications, and the form that creates one from a template. */
export const applicationsPage = ({ context: { state } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/applications',
  section: 'applications',
  show: (visit) => ({
    title: 'Applications',
    lead: html`Programs that get tokens, by <code>client_id</code>.`,
    body: html`${card({
      id: 'applications',
      title: 'All',
      look: 'wide',
      body: list(
        state.clients.list().map(
          (client) => html`<div class="line">
<span class="what">${linkTo('applications', client.client_id, client.name)} ${!client.is_first_party && mark('third party')}</span>
<span class="who soft">${kindOf(client)}</span>
<span class="by"><code>${client.client_id}</code></span>
</div>`,
        ),
        'No applications.',
      ),
    })}
${createCard(visit)}`,
  }),
  actions: { create: (visit) => create(manage, visit) },
});

const createCard = (visit: Visit) =>
  card({
    id: 'create',
    title: 'Create an application',
    look: 'wide',
    body: inputForm(
      {
        visit,
        action: 'create',
        values: { kind: 'spa', name: '', ...Object.fromEntries(URL_LISTS.map((name) => [name, []])) },
      },
      { label: 'Create' },
      (
        inputs,
      ) => html`<div class="fields">${inputs.text('name', 'Name', { more: { required: true, maxlength: 255 } })}</div>
${inputs.radios(
  'kind',
  'Kind',
  Object.entries(CLIENT_TEMPLATES).map(([value, { label, description }]) => ({
    value,
    label,
    hint: description,
  })),
)}
<div class="fields">
${inputs.lines('callbacks', 'Callback URLs', 'One per line, compared byte for byte.')}
${inputs.lines('allowed_logout_urls', 'Logout URLs')}
${inputs.lines('web_origins', 'Web origins')}
</div>
<p class="hint">The page of the application has all other settings, and adds the URLs that your framework needs.</p>`,
    ),
  });

/** Creates an application from a template and redirects to its page. Throws the errors of the Management API. */
async function create(manage: Manage, { fields }: Visit): Promise<Outcome> {
  const { kind = '', name = '' } = fields;
  if (!isClientTemplate(kind)) throw new ConsoleRefusal('Choose the kind of the application.');
  const urls = URL_LISTS.map((member) => [member, linesOf(fields[member])] as const);
  const created = await manage('POST', ['clients'], {
    name: name.trim(),
    oidc_conformant: true,
    ...CLIENT_TEMPLATES[kind].settings,
    ...Object.fromEntries(urls.filter(([, lines]) => lines.length > 0)),
  });
  // The Management API returns the new client.
  const { client_id } = created as { readonly client_id: string };
  return {
    done: 'application_created',
    to: `/console/applications/${encodeURIComponent(client_id)}`,
    client_id,
  };
}

import { html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card, linkTo, list, mark } from './elements.ts';

const KINDS: Readonly<Record<string, string>> = {
  regular_web: 'web application',
  spa: 'single-page application',
  native: 'native application',
  non_interactive: 'machine to machine',
};

/** The label of an application's type. */
export const kindOf = ({ app_type }: Pick<Client, 'app_type'>): string =>
  Object.hasOwn(KINDS, app_type) ? (KINDS[app_type] ?? app_type) : app_type;

/** GET /console/applications */
export const applicationsPage = ({ context: { state } }: ConsoleDeps): ConsolePage => ({
  path: '/applications',
  section: 'applications',
  show: () => ({
    title: 'Applications',
    body: card({
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
    }),
  }),
});

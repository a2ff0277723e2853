import { html } from '../pages/html.ts';
import type { ResourceServer } from '../state/settings-documents.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card, code, facts, list, mark } from './elements.ts';
import { grantList } from './grant-list.ts';
import { formatDuration } from './times.ts';

/** GET /console/apis: APIs with their scopes and client grants. */
export const apisPage = ({ context }: ConsoleDeps): ConsolePage => ({
  path: '/apis',
  section: 'apis',
  show: () => {
    const { state } = context;
    const grants = state.clientGrants.list();
    return {
      title: 'APIs',
      lead: html`APIs that tokens can be requested for, by <code>audience</code>.`,
      body: html`<div class="cards">${state.resourceServers.list().map((api) =>
        card({
          id: api.id,
          title: api.name,
          look: 'wide',
          aside: api.is_system && mark('system'),
          body: html`${settingsOf(api)}
<details id="${`scopes-${api.id}`}"${api.scopes.length <= 8 && html` open`}><summary>${api.scopes.length} ${api.scopes.length === 1 ? 'scope' : 'scopes'}</summary>${scopesOf(api)}</details>
<details id="${`grants-${api.id}`}"><summary>Client grants</summary>${grantList(
            context,
            grants.filter(({ audience }) => audience === api.identifier),
            'No application has a client grant.',
          )}</details>`,
        }),
      )}</div>`,
    };
  },
});

const settingsOf = (api: ResourceServer) =>
  facts([
    ['Audience', code(api.identifier)],
    ['Tokens', `${api.signing_alg}, ${api.token_dialect}, valid for ${formatDuration(api.token_lifetime)}`],
    ['Refresh tokens', api.allow_offline_access ? 'yes' : 'no'],
    ['RBAC', api.enforce_policies ? 'users get only scopes that they have permissions for' : 'off'],
    ['Users', api.subject_type_authorization.user?.policy],
    ['Machines', api.subject_type_authorization.client?.policy],
  ]);

const scopesOf = (api: ResourceServer) =>
  list(
    api.scopes.map(
      ({ value, description }) =>
        html`<div class="line"><span class="what">${code(value)}</span><span class="who soft">${description}</span></div>`,
    ),
    'None.',
    'pairs',
  );

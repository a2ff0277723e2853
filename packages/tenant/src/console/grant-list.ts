import type { TenantContext } from '../context.ts';
import { type Html, html } from '../pages/html.ts';
import type { ClientGrant } from '../state/settings-documents.ts';
import { code, linkTo, list, mark, words } from './elements.ts';

/** Client grants: the scopes that an application has for an API. */
export const grantList = (
  { state }: Pick<TenantContext, 'state'>,
  grants: readonly ClientGrant[],
  none: string,
): Html =>
  list(
    grants.map(({ client_id, default_for, audience, scope, subject_type, allow_all_scopes }) => {
      const client = client_id === undefined ? undefined : state.clients.get(client_id);
      return html`<div class="line">
<span class="what">${client ? linkTo('applications', client.client_id, client.name) : (client_id ?? default_for)}</span>
<span class="who">${code(audience)}</span>
<span class="by">${subject_type === 'user' && mark('for users')}</span>
</div>
<p class="more">${allow_all_scopes === true ? 'all scopes' : words(scope, 'no scope')}</p>`;
    }),
    none,
  );

import { html } from '../pages/html.ts';
import { consentList, revokeConsent } from './consent-list.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { card } from './elements.ts';
import type { Manage } from './manage.ts';

/** GET /console/consents: users' consents to third-party applications. */
export const consentsPage = (deps: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/consents',
  section: 'consents',
  show: (visit) => ({
    title: 'Consents',
    lead: 'Users’ consents to third-party applications. After a consent is revoked, the application must ask again.',
    body: html`${card({
      id: 'consents',
      title: 'Given',
      look: 'wide',
      body: consentList(deps, visit, deps.context.state.consents.list()),
    })}`,
  }),
  actions: { 'revoke-consent': (visit) => revokeConsent(deps, manage, visit) },
});

import { type Html, html } from '../pages/html.ts';
import type { Consent } from '../state/browser-documents.ts';
import { type ConsoleDeps, ConsoleRefusal, type Outcome, type Visit } from './console-page.ts';
import { actionButton, code, linkTo, list, words } from './elements.ts';
import type { Manage } from './manage.ts';

/** Consents, each with a button to revoke it. */
export function consentList(
  { context: { state } }: ConsoleDeps,
  visit: Visit,
  consents: readonly Consent[],
): Html {
  const lines = consents.map(({ id, user_id, client_id, audience, organization, scope }) => {
    const user = state.users.get(user_id);
    const client = state.clients.get(client_id);
    const name = client?.name ?? client_id;
    return html`<div class="line">
<span class="what">${client ? linkTo('applications', client_id, name) : name}</span>
<span class="who">${user_id !== visit.params['id'] && (user ? linkTo('users', user_id, user.email ?? user.name) : user_id)}</span>
<span class="by">${actionButton(visit, 'revoke-consent', 'Revoke', { hidden: { id }, about: `the consent to ${name}` })}</span>
</div>
<p class="more">${code(audience)}${organization !== undefined && html` in ${code(organization)}`} ${words(scope)}</p>`;
  });
  return list(lines, 'No consents.');
}

/** Revokes a consent and the refresh tokens that depend on it. */
export async function revokeConsent(
  { context: { state } }: ConsoleDeps,
  manage: Manage,
  { fields }: Visit,
): Promise<Outcome> {
  const consent = state.consents.get(fields['id'] ?? '');
  if (!consent) throw new ConsoleRefusal('The consent no longer exists.', 404);
  await manage('DELETE', ['grants', consent.id]);
  const { user_id, client_id } = consent;
  return { done: 'consent_revoked', user_id, client_id };
}

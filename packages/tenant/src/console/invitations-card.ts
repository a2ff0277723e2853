import { type Html, html } from '../pages/html.ts';
import type { Organization } from '../state/organization-documents.ts';
import type { ConsoleDeps, Outcome, Visit } from './console-page.ts';
import { actionButton, actionForm, card, labelled, list, mark, safeLink } from './elements.ts';
import type { Manage } from './manage.ts';

const pathOf = ({ params }: Visit): string[] => ['organizations', params['id'] ?? '', 'invitations'];

/** The open invitations of an organization, and the form that invites an address. */
export function invitationsCard(
  { context: { state, clock } }: ConsoleDeps,
  visit: Visit,
  { id }: Organization,
): Html {
  const lines = state.invitations.find('organization_id', id).map(
    ({
      id: invitation,
      invitee: { email },
      invitation_url,
      expires_at,
    }) => html`<div class="line"><span class="what">${email} ${Date.parse(expires_at) <= clock.now() && mark('expired', 'warn')}</span>
<span class="by">${actionButton(visit, 'revoke-invitation', 'Revoke', { hidden: { invitation }, about: `the invitation of ${email}` })}</span></div>
<p class="more">${safeLink(invitation_url, `Link for ${email}`)}</p>`,
  );
  const clients = state.clients
    .list()
    .filter(({ organization_usage: usage }) => usage !== 'deny')
    .map(({ client_id, name }) => html`<option value="${client_id}">${name}</option>`);
  return card({
    id: 'invitations',
    title: 'Invitations',
    body: html`${list(lines, 'No open invitations.')}
${
  clients.length === 0
    ? html`<p class="hint">To invite users, let members of organizations sign in to an application: its setting “Who signs in”.</p>`
    : actionForm(
        visit,
        'invite',
        html`${labelled('email', 'Email', html`<input id="email" name="email" type="email" autocomplete="off" required value="${visit.fields['email']}">`)}
${labelled('inviter', 'Invited by', html`<input id="inviter" name="inviter" autocomplete="off" required maxlength="300" value="${visit.fields['inviter']}">`)}
${labelled('client', 'Application', html`<select id="client" name="client">${clients}</select>`)}
<div class="buttons"><button type="submit" class="small">Invite</button></div>`,
      )
}`,
  });
}

/** Invites the submitted address. Throws the errors of the Management API. */
export async function invite(manage: Manage, visit: Visit): Promise<Outcome> {
  const { email = '', inviter = '', client: client_id = '' } = visit.fields;
  await manage('POST', pathOf(visit), { inviter: { name: inviter }, invitee: { email }, client_id });
  return { done: 'invitation_sent' };
}

/** Revokes the selected invitation. */
export async function revokeInvitation(manage: Manage, visit: Visit): Promise<Outcome> {
  await manage('DELETE', [...pathOf(visit), visit.fields['invitation'] ?? '']);
  return { done: 'invitation_revoked' };
}

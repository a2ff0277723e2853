import type { TenantContext } from '../context.ts';
import { refreshTokensOf, sessionsOf } from '../management/sessions/active-sessions.ts';
import { type Html, html } from '../pages/html.ts';
import type { Outcome, Visit } from './console-page.ts';
import { actionButton, card, code, linkTo, list, words } from './elements.ts';
import type { Manage } from './manage.ts';
import { formatRelativeTime } from './times.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** A user's browser sessions. */
export function sessionsCard(context: Deps, visit: Visit, userId: string): Html {
  const now = context.clock.now();
  const lines = sessionsOf(context, userId).map(
    ({ sid, connection, last_used_ms, expires_ms, clients }) => html`<div class="line">
<span class="what">${code(sid)}</span>
<span class="by">${actionButton(visit, 'end-session', 'End', { hidden: { sid }, about: `the session ${sid}` })}</span>
</div>
<p class="more">by ${connection}, used ${formatRelativeTime(last_used_ms, now)}, ends ${formatRelativeTime(expires_ms, now)} ${words(clients, 'no application')}</p>`,
  );
  return card({ id: 'sessions', title: 'Sessions', body: list(lines, 'No sessions.') });
}

/** Ends a session; applications with a back-channel logout URL are notified. */
export async function endSession(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  await manage('DELETE', ['sessions', fields['sid'] ?? '']);
  return { done: 'session_ended', user_id: params['id'] ?? '' };
}

/** A user's refresh tokens: one for each sign-in, even after rotation. */
export function refreshTokensCard(context: Deps, visit: Visit, userId: string): Html {
  const now = context.clock.now();
  const lines = refreshTokensOf(context, userId)
    .toReversed()
    .map(({ id, client_id, audience, scope, created_ms, last_used_ms }) => {
      const client = context.state.clients.get(client_id);
      const name = client?.name ?? client_id;
      return html`<div class="line">
<span class="what">${client ? linkTo('applications', client_id, name) : name}</span>
<span class="by">${actionButton(visit, 'revoke-token', 'Revoke', { hidden: { token_id: id }, about: `the refresh token of ${name}` })}</span>
</div>
<p class="more">${audience !== undefined && code(audience)} ${words(scope)} since ${formatRelativeTime(created_ms, now)}, used ${formatRelativeTime(last_used_ms, now)}</p>`;
    });
  return card({ id: 'refresh-tokens', title: 'Refresh tokens', body: list(lines, 'No refresh tokens.') });
}

/** Revokes a refresh token and its whole family. */
export async function revokeToken(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  await manage('DELETE', ['refresh-tokens', fields['token_id'] ?? '']);
  return { done: 'token_revoked', user_id: params['id'] ?? '' };
}

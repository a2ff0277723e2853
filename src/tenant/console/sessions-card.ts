import { endSession } from '../authorize/end-session.ts';
import { type Html, html } from '../pages/html.ts';
import { revokeFamily as revokeTokens } from '../tokens/refresh-families.ts';
import { type ConsoleDeps, ConsoleRefusal, type Outcome, type Visit } from './console-page.ts';
import { actionButton, card, code, linkTo, list, mark, words } from './elements.ts';
import { distance } from './times.ts';

/** The browsers that a user is signed in with. */
export function sessionsCard({ context: { state, clock } }: ConsoleDeps, visit: Visit, userId: string): Html {
  const now = clock.now();
  const lines = state.browserSessions
    .find('user_id', userId)
    .filter((session) => now < session.expires_ms && now - session.last_used_ms < session.idle_ms)
    .map(
      ({ sid, connection, last_used_ms, expires_ms, clients }) => html`<div class="line">
<span class="what">${code(sid)}</span>
<span class="by">${actionButton(visit, 'end-session', 'End', { hidden: { sid }, about: `the session ${sid}` })}</span>
</div>
<p class="more">by ${connection}, used ${distance(last_used_ms, now)}, ends ${distance(expires_ms, now)}; ${words(clients, 'no application')}</p>`,
    );
  return card({ id: 'sessions', title: 'Sessions', body: list(lines, 'Signed in with no browser.') });
}

export function endBrowserSession({ context }: ConsoleDeps, { params, fields }: Visit): Outcome {
  const found = context.state.browserSessions.find('sid', fields['sid'] ?? '');
  const [session] = found.filter(({ user_id }) => user_id === params['id']);
  if (!session) throw new ConsoleRefusal('There is no such session any more.', 404);
  endSession(context, session, 'session-revoked');
  return { done: 'session_ended', user_id: session.user_id };
}

/** A user's refresh tokens: one of each family, however often it was renewed. */
export function familiesCard({ context: { state, clock } }: ConsoleDeps, visit: Visit, userId: string): Html {
  const now = clock.now();
  const lines = state.refreshFamilies
    .find('user_id', userId)
    .toReversed()
    .map(({ id, client_id, audience, scope, created_ms, last_used_ms, expires_ms, idle_ms, revoked }) => {
      const isOver =
        (expires_ms !== undefined && now >= expires_ms) ||
        (idle_ms !== undefined && now - last_used_ms >= idle_ms);
      const client = state.clients.get(client_id);
      const end = revoked
        ? mark('revoked', 'bad')
        : isOver
          ? mark('over', 'warn')
          : actionButton(visit, 'revoke-family', 'Revoke', {
              hidden: { family: id },
              about: `the refresh token ${id}`,
            });
      return html`<div class="line">
<span class="what">${client ? linkTo('applications', client_id, client.name) : client_id}</span>
<span class="by">${end}</span>
</div>
<p class="more">${audience !== undefined && code(audience)} ${words(scope)} since ${distance(created_ms, now)}, used ${distance(last_used_ms, now)}</p>`;
    });
  return card({ id: 'families', title: 'Refresh tokens', body: list(lines, 'No refresh token.') });
}

export function revokeFamily({ context: { state } }: ConsoleDeps, { params, fields }: Visit): Outcome {
  const family = state.refreshFamilies.get(fields['family'] ?? '');
  if (!family || family.user_id !== params['id'] || family.revoked)
    throw new ConsoleRefusal('There is no such refresh token any more.', 404);
  revokeTokens({ state }, family.id);
  return { done: 'family_revoked', user_id: family.user_id, client_id: family.client_id };
}

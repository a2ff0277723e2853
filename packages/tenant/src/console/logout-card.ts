import { type Html, html } from '../pages/html.ts';
import { logoutUrlsOf } from '../sessions/backchannel-logout.ts';
import { type ConsoleDeps, ConsoleRefusal, type Outcome, type Visit } from './console-page.ts';
import { actionForm, card, labelled } from './elements.ts';

/** The form that sends an application a logout token for a user, as a real tenant does when a session ends. */
export function logoutCard({ context: { state } }: ConsoleDeps, visit: Visit, userId: string): Html {
  const clients = state.clients.list().filter((client) => logoutUrlsOf(client).length > 0);
  const sessions = state.browserSessions.find('user_id', userId);
  const options = clients.map(({ client_id, name }) => html`<option value="${client_id}">${name}</option>`);
  const body =
    clients.length === 0
      ? html`<p class="none">No application has a back-channel logout URL.</p>`
      : actionForm(
          visit,
          'send-logout',
          html`<div class="row">
${labelled('client_id', 'Application', html`<select id="client_id" name="client_id">${options}</select>`)}
${labelled('sid', 'About', html`<select id="sid" name="sid"><option value="">all sessions</option>${sessions.map(({ sid }) => html`<option>${sid}</option>`)}</select>`)}
<button type="submit" class="small">Send</button></div>
<p class="hint">This does not end a session.</p>`,
        );
  return card({ id: 'logout', title: 'Back-channel logout', body });
}

/** Sends the logout tokens. Throws if no application is to be notified, or if one did not accept its token. */
export async function sendLogout({ control }: ConsoleDeps, { params, fields }: Visit): Promise<Outcome> {
  const { client_id = '', sid = '' } = fields;
  const user_id = params['id'] ?? '';
  const outcome = await control.sendLogout({ user_id, client_id, sid: sid === '' ? undefined : sid });
  if ('missing' in outcome) throw new ConsoleRefusal(outcome.missing, 404);
  const refused = outcome.sent.filter(({ status = 0 }) => status < 200 || status >= 300);
  if (refused.length === 0) return { done: 'logout_sent', user_id, client_id };
  const answers = refused.map(
    ({ url, status }) => `${url} ${status === undefined ? 'did not respond' : `responded with ${status}`}`,
  );
  throw new ConsoleRefusal(`The logout token was sent, but ${answers.join('; ')}.`, 502);
}

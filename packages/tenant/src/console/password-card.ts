import { type Html, html } from '../pages/html.ts';
import type { User } from '../state/user-documents.ts';
import type { ConsoleDeps, Outcome, Visit } from './console-page.ts';
import { actionForm, card, labelled } from './elements.ts';
import type { Manage } from './manage.ts';

/** The form that sets a user's password; a text for users without one. */
export function passwordCard({ context: { state } }: ConsoleDeps, visit: Visit, user: User): Html {
  const home = user.identities.find(({ provider }) => provider === 'auth0')?.connection;
  const input = html`<input id="password" name="password" type="password" autocomplete="new-password" required maxlength="256">`;
  const body =
    home === undefined || state.credentials.get(user.user_id) === undefined
      ? html`<p class="none">The user has no password.</p>`
      : actionForm(
          visit,
          'set-password',
          html`<div class="row">${labelled('password', `New password at ${home}`, input)}
<button type="submit" class="small">Set</button></div>`,
        );
  return card({ id: 'new-password', title: 'Password', body });
}

/** Sets the password of the page's user. Throws the connection's errors. */
export async function setPassword(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  const user_id = params['id'] ?? '';
  await manage('PATCH', ['users', user_id], { password: fields['password'] ?? '' });
  return { done: 'password_set', user_id };
}

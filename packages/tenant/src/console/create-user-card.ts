import { type Html, html } from '../pages/html.ts';
import type { State } from '../state/state.ts';
import type { Outcome, Visit } from './console-page.ts';
import { actionForm, card, labelled } from './elements.ts';
import type { Manage } from './manage.ts';

/** The form that creates a user with a password. */
export function createUserCard(
  { connections, settings }: Pick<State, 'connections' | 'settings'>,
  visit: Visit,
): Html {
  const { fields } = visit;
  const home = fields['connection'] ?? settings.get()?.default_directory;
  const databases = connections.list().filter(({ strategy }) => strategy === 'auth0');
  const options = databases.map(
    ({ name }) => html`<option${name === home && html` selected`}>${name}</option>`,
  );
  return card({
    id: 'create',
    title: 'Create a user',
    look: 'wide',
    body: actionForm(
      visit,
      'create',
      html`<div class="fields">
${labelled('email', 'Email', html`<input id="email" name="email" type="email" autocomplete="off" required value="${fields['email']}">`)}
${labelled('password', 'Password', html`<input id="password" name="password" type="password" autocomplete="new-password" required>`)}
${labelled('connection', 'Connection', html`<select id="connection" name="connection">${options}</select>`)}
</div>
<label class="check"><input type="checkbox" name="verified" value="yes"> Email is verified</label>
<div class="buttons"><button type="submit">Create</button></div>`,
    ),
  });
}

/** Creates a user and redirects to their page. Throws the connection's errors. */
export async function createUser(manage: Manage, { fields }: Visit): Promise<Outcome> {
  const { email, password, connection, verified } = fields;
  const body = { email, password, connection, email_verified: verified === 'yes' };
  const created = await manage('POST', ['users'], body);
  // The Management API returns the new user.
  const { user_id } = created as { readonly user_id: string };
  return { done: 'user_created', to: `/console/users/${encodeURIComponent(user_id)}`, user_id };
}

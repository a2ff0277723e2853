import { type Html, html } from '../pages/html.ts';
import type { State } from '../state/state.ts';
import type { User } from '../state/user-documents.ts';
import { ConsoleRefusal, type Visit } from './console-page.ts';
import { actionButton, actionForm, card, labelled, linkTo, list, mark } from './elements.ts';

/** Members, each with what `marksOf` returns; `remove-member` and `add-member` send the user in the field `user`. */
export function membersCard(
  visit: Visit,
  users: readonly User[],
  marksOf: (user: User) => readonly string[] = () => [],
): Html {
  const lines = users.map((user) => {
    const label = user.email ?? user.username ?? user.name;
    return html`<div class="line"><span class="what">${linkTo('users', user.user_id, label)} ${marksOf(user).map((each) => mark(each))}</span>
<span class="by">${actionButton(visit, 'remove-member', 'Remove', { hidden: { user: user.user_id }, about: `the member ${label}` })}</span></div>`;
  });
  return card({
    id: 'members',
    title: 'Members',
    body: html`${list(lines, 'No members.')}
${actionForm(
  visit,
  'add-member',
  html`<div class="row">${labelled('user', 'Email or id of a user', html`<input id="user" name="user" autocomplete="off" required value="${visit.fields['user']}">`)}
<button type="submit" class="small">Add</button></div>`,
)}`,
  });
}

/** The user that the form's field `user` names by id or address. Throws 404. */
export function findMember({ users }: Pick<State, 'users'>, { fields }: Visit): User {
  const wanted = (fields['user'] ?? '').trim();
  const user = users
    .list()
    .find(({ user_id, email }) => user_id === wanted || email === wanted.toLowerCase());
  if (!user) throw new ConsoleRefusal(`There is no user ${wanted}.`, 404);
  return user;
}

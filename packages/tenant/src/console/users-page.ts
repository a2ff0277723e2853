import { html } from '../pages/html.ts';
import type { User } from '../state/user-documents.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { createUser, createUserCard } from './create-user-card.ts';
import { card, linkTo, list, mark, searchForm } from './elements.ts';
import type { Manage } from './manage.ts';
import { formatRelativeTime } from './times.ts';

const SHOWN = 100;

/** GET /console/users, with `q` to search names, addresses and ids. */
export const usersPage = ({ context: { state, clock } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/users',
  section: 'users',
  show: (visit) => {
    const wanted = (visit.query.get('q') ?? '').trim().toLowerCase();
    const all = state.users.list();
    const found = wanted === '' ? all : all.filter((user) => namesOf(user).includes(wanted));
    return {
      title: 'Users',
      body: html`${searchForm(visit, 'q', 'Email, name, phone number or id')}
${card({
  id: 'users',
  title: found.length > SHOWN ? `The newest ${SHOWN} of ${found.length}` : `${found.length} of ${all.length}`,
  look: 'wide',
  body: list(
    found
      .slice(-SHOWN)
      .toReversed()
      .map((user) => toLine(user, clock.now())),
    wanted === '' ? 'No users yet.' : 'No matching users.',
  ),
})}
${createUserCard(state, visit)}`,
    };
  },
  actions: { create: (visit) => createUser(manage, visit) },
});

/** A user's searchable names, in lower case. */
export const namesOf = ({ user_id, email, username, phone_number, name, nickname }: User): string =>
  [user_id, email, username, phone_number, name, nickname].join('\n').toLowerCase();

const toLine = (user: User, nowMs: number) => html`<div class="line">
<span class="what">${linkTo('users', user.user_id, user.email ?? user.username ?? user.phone_number ?? user.name)} ${userMarks(user)}</span>
<span class="who soft">${user.identities[0]?.connection}</span>
<span class="by soft">${user.last_login === undefined ? 'never signed in' : html`signed in ${formatRelativeTime(Date.parse(user.last_login), nowMs)}`}</span>
</div>`;

/** The labels of a user's unusual states. */
export const userMarks = ({ blocked, email, email_verified }: User) =>
  html`${
    blocked === true && mark('blocked', 'bad')
  } ${email !== undefined && !email_verified && mark('unverified', 'warn')}`;

import { html } from '../pages/html.ts';
import type { User } from '../state/user-documents.ts';
import { consentList, revokeConsent } from './consent-list.ts';
import { type ConsoleDeps, type ConsolePage, ConsoleRefusal, type Visit } from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { actionButton, asJson, card, code, facts, mark, words } from './elements.ts';
import { factorList } from './factor-list.ts';
import { logoutCard, sendLogout } from './logout-card.ts';
import type { Manage } from './manage.ts';
import { passwordCard, setPassword } from './password-card.ts';
import { addRole, removeRole, rolesCard } from './roles-card.ts';
import { endSession, refreshTokensCard, revokeToken, sessionsCard } from './sessions-card.ts';
import { formatRelativeTime } from './times.ts';
import { userMarks } from './users-page.ts';

/** GET /console/users/:id: a user's data and the actions on it. */
export function userPage(deps: ConsoleDeps, manage: Manage): ConsolePage {
  const { context, control } = deps;
  const { state } = context;
  const change = (visit: Visit, body: object) => manage('PATCH', ['users', idOf(visit)], body);
  return {
    path: '/users/:id',
    section: 'users',
    show: (visit) => {
      const user = state.users.get(idOf(visit));
      if (!user) return undefined;
      const { user_id } = user;
      return {
        title: user.email ?? user.username ?? user.phone_number ?? user.name,
        marks: userMarks(user),
        lead: code(user_id),
        refreshMs: 2000,
        body: html`<div class="cards packed">
${profileCard(deps, visit, user)}
${card({
  id: 'totp',
  title: 'Authenticator codes',
  live: true,
  body: factorList(control.factors.totp(user_id), 'No authenticator app.'),
})}
${sessionsCard(context, visit, user_id)}
${refreshTokensCard(context, visit, user_id)}
${rolesCard(deps, visit, user_id)}
${card({
  id: 'consents',
  title: 'Consents',
  body: consentList(deps, visit, state.consents.find('user_id', user_id)),
})}
${passwordCard(deps, visit, user)}
${logoutCard(deps, visit, user_id)}
${deleteCard(visit, 'user', user_id)}
</div>
${asJson('user-json', user)}`,
      };
    },
    actions: {
      block: async (visit) => {
        await change(visit, { blocked: true });
        return { done: 'user_blocked', user_id: idOf(visit) };
      },
      unblock: async (visit) => {
        await change(visit, { blocked: false });
        await manage('DELETE', ['user-blocks', idOf(visit)]);
        return { done: 'user_unblocked', user_id: idOf(visit) };
      },
      revoke: (visit) => {
        if (!control.revokeUser(idOf(visit))) throw new ConsoleRefusal('The user does not exist.', 404);
        return { done: 'user_revoked', user_id: idOf(visit) };
      },
      'sign-in-as': async (visit) => {
        const outcome = await control.signInAs({ user: idOf(visit), answer: 'cookies' });
        if ('refused' in outcome) throw new ConsoleRefusal(outcome.refused.message, outcome.refused.status);
        return { done: 'signed_in_as', user_id: idOf(visit), cookieHeaders: outcome.cookieHeaders };
      },
      delete: async (visit) => {
        requireSure(visit, 'user');
        await manage('DELETE', ['users', idOf(visit)]);
        return { done: 'user_deleted', to: '/console/users', user_id: idOf(visit) };
      },
      'set-password': (visit) => setPassword(manage, visit),
      'add-role': (visit) => addRole(manage, visit),
      'remove-role': (visit) => removeRole(manage, visit),
      'end-session': (visit) => endSession(manage, visit),
      'revoke-token': (visit) => revokeToken(manage, visit),
      'revoke-consent': (visit) => revokeConsent(deps, manage, visit),
      'send-logout': (visit) => sendLogout(deps, visit),
    },
  };
}

const idOf = ({ params }: Pick<Visit, 'params'>): string => params['id'] ?? '';

function profileCard({ context }: ConsoleDeps, visit: Visit, user: User) {
  const { state, clock } = context;
  const { email, username, phone_number, blocked = false, logins_count, last_login, last_ip } = user;
  const since = (at: string | undefined) =>
    at !== undefined && formatRelativeTime(Date.parse(at), clock.now());
  const failures = [email, username, phone_number]
    .filter((identifier) => identifier !== undefined)
    .flatMap((identifier) => state.loginFailures.find('identifier', identifier.toLowerCase()))
    .filter(({ expires_ms }) => expires_ms > clock.now());
  const count = failures.reduce((sum, failure) => sum + failure.count, 0);
  return card({
    id: 'profile',
    title: 'Profile',
    body: html`${facts([
      ['Name', user.name],
      [
        'Email',
        email !== undefined &&
          html`${email} ${user.email_verified ? mark('verified', 'good') : mark('unverified', 'warn')}`,
      ],
      ['User name', username],
      ['Phone', phone_number],
      ['Connections', words(user.identities.map(({ connection }) => connection))],
      ['Signed up', since(user.created_at)],
      ['Last sign-in', last_login === undefined ? 'never' : html`${since(last_login)}, from ${last_ip}`],
      ['Sign-ins', logins_count],
      ['Wrong passwords', count > 0 && mark(String(count), 'warn')],
    ])}
<div class="buttons">
${(blocked || count > 0) && actionButton(visit, 'unblock', blocked ? 'Unblock' : 'Reset failed sign-ins')}
${!blocked && actionButton(visit, 'block', 'Block')}
${context.signInAs && actionButton(visit, 'sign-in-as', 'Sign in as (development)')}
${actionButton(visit, 'revoke', 'Sign out everywhere')}
<a class="button small" href="${`/console/inbox?to=${encodeURIComponent(email ?? phone_number ?? user.user_id)}`}">Inbox</a>
<a class="button small" href="${`/console/log?q=${encodeURIComponent(user.user_id)}`}">Log</a>
</div>`,
  });
}

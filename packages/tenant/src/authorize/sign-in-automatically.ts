import { mayUseConnection } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import { beginSession } from '../sessions/browser-session.ts';
import { endSession } from '../sessions/end-session.ts';
import type { AuthorizeRequest, BrowserSession } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { TenantRequest } from '../wire/row.ts';

/**
 * Starts a session for the user of the seed with `auto_login`: the one that `login_hint` names or, without a hint, the
 * only one. Undefined if there is none, if the request asks for a page, or if the client cannot use their connection.
 * It replaces the session `before` of the browser.
 */
export function signInAutomatically(
  context: TenantContext,
  { scheme }: Pick<TenantRequest, 'scheme'>,
  { client_id, prompt, login_hint, connection: asked }: AuthorizeRequest,
  before: BrowserSession | undefined,
): ReturnType<typeof beginSession> | undefined {
  const { state, clock, signInAs } = context;
  if (!signInAs || prompt.includes('login') || prompt.includes('select_account')) return undefined;
  const users = state.authorizations
    .find('auto_login', 'true')
    .flatMap(({ user_id }) => state.users.get(user_id) ?? []);
  const user = login_hint === undefined ? only(users) : users.find((one) => isNamed(one, login_hint));
  const connection = user?.identities[0]?.connection;
  const client = state.clients.get(client_id);
  const [found] = connection === undefined ? [] : state.connections.find('name', connection);
  if (!user || !client || !found || !mayUseConnection(client, found)) return undefined;
  if (asked !== undefined && asked !== found.name) return undefined;
  const { user_id } = user;
  if (before && before.user_id !== user_id) endSession(context, before, 'session-revoked');
  const signedIn = { user_id, connection: found.name, amr: ['pwd'], auth_time_ms: clock.now() };
  return beginSession(context, before, signedIn, [scheme]);
}

const only = (users: readonly User[]): User | undefined => (users.length === 1 ? users[0] : undefined);

function isNamed({ user_id, email, username, phone_number }: User, hint: string): boolean {
  const wanted = hint.toLowerCase();
  return [user_id, email, username, phone_number].some((name) => name?.toLowerCase() === wanted);
}

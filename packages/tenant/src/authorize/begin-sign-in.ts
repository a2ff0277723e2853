import type { TenantContext } from '../context.ts';
import { readSession } from '../sessions/browser-session.ts';
import type { AuthorizeRequest, BrowserSession } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { advance } from './advance.ts';
import { beginTransaction } from './login-transaction.ts';
import { signInAutomatically } from './sign-in-automatically.ts';

/** Starts a sign-in: with the browser's session if that satisfies the request, otherwise at the login page. */
export function beginSignIn(
  context: TenantContext,
  request: TenantRequest,
  asked: AuthorizeRequest,
): Promise<TenantReply> {
  const session = readSession(context, request);
  const known = session && satisfies(context, session, asked) ? session : undefined;
  const automatic = known ? undefined : signInAutomatically(context, request, asked, session);
  const { sid, user_id, connection, amr = [], auth_time_ms } = automatic?.session ?? known ?? {};
  const { transaction, cookie } = beginTransaction(context, {
    request: asked,
    user_id,
    connection,
    amr,
    auth_time_ms,
    sid,
    fresh: automatic !== undefined,
  });
  return advance(context, request, transaction, [cookie, ...(automatic?.cookies ?? [])]);
}

function satisfies(
  { clock, state }: TenantContext,
  session: BrowserSession,
  asked: AuthorizeRequest,
): boolean {
  const { prompt, max_age_s, connection, invitation, login_hint } = asked;
  // An invitation is for one address, which the request contains as `login_hint`.
  if (invitation !== undefined && state.users.get(session.user_id)?.email !== login_hint?.toLowerCase())
    return false;
  if (prompt.includes('login') || prompt.includes('select_account')) return false;
  if (connection !== undefined && connection !== session.connection) return false;
  return max_age_s === undefined || clock.now() - session.auth_time_ms < max_age_s * 1000;
}

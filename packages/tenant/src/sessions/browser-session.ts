import type { IncomingHttpHeaders } from 'node:http';
import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { BrowserSession, LoginTransaction } from '../state/browser-documents.ts';
import { readCookie, setCookie } from '../wire/cookies.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const COOKIE_NAME = 'auth0';
const HOUR_MS = 3600 * 1000;

/** The session of the browser that sends these headers; undefined if it has expired or its user may not sign in. */
export function readSession(
  { state, clock }: Deps,
  headers: IncomingHttpHeaders,
): BrowserSession | undefined {
  const secret = readCookie(headers, COOKIE_NAME);
  const session = secret === undefined ? undefined : state.browserSessions.get(digest(secret));
  if (!session) return undefined;
  const now = clock.now();
  const isOver = now >= session.expires_ms || now - session.last_used_ms >= session.idle_ms;
  return isOver || !state.users.get(session.user_id) ? undefined : session;
}

/** The user who has just signed in, from the transaction. */
export type SignedIn = Pick<LoginTransaction, 'amr'> & {
  readonly user_id: string;
  readonly connection: string;
  readonly auth_time_ms: number;
};

/**
 * Starts a session of the browser under a new cookie, which prevents session fixation. The same user keeps the `sid`
 * and the clients of the session.
 */
export function beginSession(
  { state, clock }: Deps,
  before: BrowserSession | undefined,
  signedIn: SignedIn,
): { readonly session: BrowserSession; readonly cookie: string } {
  const now = clock.now();
  const settings = state.settings.get();
  const lifetimeMs = (settings?.session_lifetime ?? 168) * HOUR_MS;
  const same = before?.user_id === signedIn.user_id ? before : undefined;
  const secret = randomToken();
  const session: BrowserSession = {
    id: digest(secret),
    sid: same?.sid ?? randomToken(24),
    user_id: signedIn.user_id,
    connection: signedIn.connection,
    amr: signedIn.amr,
    auth_time_ms: signedIn.auth_time_ms,
    last_used_ms: now,
    expires_ms: now + lifetimeMs,
    idle_ms: (settings?.idle_session_lifetime ?? 72) * HOUR_MS,
    clients: same?.clients ?? [],
    metadata: same?.metadata,
  };
  state.transaction(() => {
    if (before) state.browserSessions.remove(before.id);
    state.browserSessions.put(session);
  });
  return { session, cookie: setCookie(COOKIE_NAME, secret, '/', Math.floor(lifetimeMs / 1000)) };
}

/** Records that a client got tokens of the session. False if the session has ended meanwhile. */
export function useSession({ state, clock }: Deps, sid: string, clientId: string): boolean {
  return state.transaction(() => {
    const [session] = state.browserSessions.find('sid', sid);
    if (!session) return false;
    const clients = [...new Set([...session.clients, clientId])];
    state.browserSessions.put({ ...session, clients, last_used_ms: clock.now() });
    return true;
  });
}

/** The Set-Cookie header that deletes the session cookie. */
export const clearSessionCookie = (): string => setCookie(COOKIE_NAME, '', '/', 0);

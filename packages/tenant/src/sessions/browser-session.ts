import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { BrowserSession, LoginTransaction } from '../state/browser-documents.ts';
import { type CookieAttributes, readCookie, setCookie } from '../wire/cookies.ts';
import type { TenantRequest } from '../wire/row.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;
type Scheme = TenantRequest['scheme'];

/**
 * The session cookies by scheme. Over https Auth0's pair: one for frames of other sites, one for browsers that do not know
 * `SameSite=None`. Over http one of another name, because browsers let no http response replace a Secure cookie.
 */
const COOKIES: Readonly<Record<Scheme, readonly (readonly [name: string, attributes: CookieAttributes])[]>> =
  {
    https: [
      ['auth0', 'Secure; SameSite=None'],
      ['auth0_compat', 'Secure'],
    ],
    http: [['auth0_http', 'SameSite=Lax']],
  };
const HOUR_MS = 3600 * 1000;

/** The schemes whose cookies a browser sends: over https also those that were set over http. */
const sentOver = (scheme: Scheme): readonly Scheme[] => (scheme === 'https' ? ['https', 'http'] : ['http']);

const setCookies = (schemes: readonly Scheme[], secret: string, maxAgeS: number): string[] =>
  schemes.flatMap((scheme) =>
    COOKIES[scheme].map(([name, attributes]) => setCookie(name, secret, '/', maxAgeS, attributes)),
  );

/** The session of the browser that sends a request; undefined if it has expired or its user may not sign in. */
export function readSession(
  deps: Deps,
  { headers, scheme }: Pick<TenantRequest, 'headers' | 'scheme'>,
): BrowserSession | undefined {
  for (const sent of sentOver(scheme))
    for (const [name] of COOKIES[sent]) {
      const session = findSession(deps, readCookie(headers, name));
      if (session) return session;
    }
  return undefined;
}

function findSession({ state, clock }: Deps, secret: string | undefined): BrowserSession | undefined {
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
 * Starts a session of the browser under a new secret, which prevents session fixation. The same user keeps the `sid`
 * and the clients of the session. `cookies` are the Set-Cookie headers for these schemes.
 */
export function beginSession(
  { state, clock }: Deps,
  before: BrowserSession | undefined,
  signedIn: SignedIn,
  schemes: readonly Scheme[],
): { readonly session: BrowserSession; readonly cookies: readonly string[] } {
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
  return { session, cookies: setCookies(schemes, secret, Math.floor(lifetimeMs / 1000)) };
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

/** The Set-Cookie headers that delete the session cookies which a browser sends over this scheme. */
export const clearSessionCookies = (scheme: Scheme): string[] => setCookies(sentOver(scheme), '', 0);

import type { TenantContext } from '../../context.ts';
import type { BrowserSession } from '../../state/browser-documents.ts';
import type { RefreshFamily } from '../../state/token-documents.ts';
import { isOver } from '../../tokens/refresh-families.ts';
import { notFound } from '../management-error.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** A user's active sessions. */
export const sessionsOf = ({ state, clock }: Deps, userId: string): BrowserSession[] =>
  state.browserSessions.find('user_id', userId).filter((session) => isAlive(session, clock.now()));

/** The active session with a `sid`. Throws 404. */
export function requireSession({ state, clock }: Deps, sid = ''): BrowserSession {
  const [session] = state.browserSessions.find('sid', sid);
  if (!session || !isAlive(session, clock.now()))
    throw notFound('The session does not exist.', 'inexistent_session');
  return session;
}

const isAlive = ({ expires_ms, last_used_ms, idle_ms }: BrowserSession, now: number): boolean =>
  now < expires_ms && now - last_used_ms < idle_ms;

/** A user's valid refresh tokens. */
export const refreshTokensOf = ({ state, clock }: Deps, userId: string): RefreshFamily[] =>
  state.refreshFamilies.find('user_id', userId).filter((family) => isValidToken({ clock }, family));

/** A valid refresh token, by the id of its family. Throws 404. */
export function requireRefreshToken({ state, clock }: Deps, id = ''): RefreshFamily {
  const family = state.refreshFamilies.get(id);
  if (!family || !isValidToken({ clock }, family))
    throw notFound('The refresh token does not exist.', 'inexistent_refresh_token');
  return family;
}

/** Whether a refresh token is valid. */
export const isValidToken = ({ clock }: Pick<Deps, 'clock'>, family: RefreshFamily): boolean =>
  !family.revoked && !isOver(family, clock.now());

import type { TenantContext } from '../../context.ts';
import type { BrowserSession } from '../../state/browser-documents.ts';
import type { RefreshFamily } from '../../state/token-documents.ts';
import { isOver } from '../../tokens/refresh-families.ts';
import { notFound } from '../management-error.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The sessions of a user that have not ended. */
export const sessionsOf = ({ state, clock }: Deps, userId: string): BrowserSession[] =>
  state.browserSessions.find('user_id', userId).filter((session) => isAlive(session, clock.now()));

/** The session of a `sid`. Throws 404 where it does not exist, or has ended. */
export function requireSession({ state, clock }: Deps, sid = ''): BrowserSession {
  const [session] = state.browserSessions.find('sid', sid);
  if (!session || !isAlive(session, clock.now()))
    throw notFound('The session does not exist.', 'inexistent_session');
  return session;
}

const isAlive = ({ expires_ms, last_used_ms, idle_ms }: BrowserSession, now: number): boolean =>
  now < expires_ms && now - last_used_ms < idle_ms;

/** The refresh tokens of a user that still work. */
export const refreshTokensOf = ({ state, clock }: Deps, userId: string): RefreshFamily[] =>
  state.refreshFamilies.find('user_id', userId).filter((family) => worksNow({ clock }, family));

/** A refresh token that works, by the id of its family. Throws 404. */
export function requireRefreshToken({ state, clock }: Deps, id = ''): RefreshFamily {
  const family = state.refreshFamilies.get(id);
  if (!family || !worksNow({ clock }, family))
    throw notFound('The refresh token does not exist.', 'inexistent_refresh_token');
  return family;
}

/** Whether a refresh token still works. */
export const worksNow = ({ clock }: Pick<Deps, 'clock'>, family: RefreshFamily): boolean =>
  !family.revoked && !isOver(family, clock.now());

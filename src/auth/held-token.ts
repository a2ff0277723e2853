import type { IssuedRefreshToken } from '../auth0/management.ts';
import type { Session } from '../session/session.ts';

/** Maximum time between the tenant's issue of an ID token and of the refresh token that belongs to it. */
const NEAR_MS = 5_000;

/**
 * The time between the issue of a session's ID token (`iat`, whole seconds) and of a refresh token, in milliseconds.
 * Undefined if the session cannot hold the token: it belongs to another session at the tenant, or was issued at another
 * time.
 */
export function toGapMs(
  { claims, sid }: Session,
  { createdAtMs, sid: ofTenant }: IssuedRefreshToken,
): number | undefined {
  if (sid !== ofTenant) return undefined;
  const issuedAtMs = Number(claims['iat']) * 1000;
  const gapMs = Math.max(issuedAtMs - createdAtMs, createdAtMs - (issuedAtMs + 999), 0);
  return gapMs <= NEAR_MS ? gapMs : undefined;
}

/**
 * Which refresh token each session holds, by the session's id. The tenant does not list the tokens themselves: a session's is the one of
 * the same session at the tenant (of none, after a password) that was made along with its ID token. Each is held once; of several that
 * were made at the same time, the session that began first holds the first.
 */
export function matchTokens(
  sessions: readonly Session[],
  tokens: readonly IssuedRefreshToken[],
): ReadonlyMap<string, IssuedRefreshToken> {
  const free = new Set(tokens.toSorted((one, other) => one.createdAtMs - other.createdAtMs));
  const held = new Map<string, IssuedRefreshToken>();
  const byAge = sessions
    .filter(({ hasRefreshToken }) => hasRefreshToken)
    .toSorted((one, other) => one.createdAtMs - other.createdAtMs);
  for (const session of byAge) {
    const [nearest] = [...free]
      .flatMap((token) => {
        const gapMs = toGapMs(session, token);
        return gapMs === undefined ? [] : { token, gapMs };
      })
      .toSorted((one, other) => one.gapMs - other.gapMs);
    if (!nearest) continue;
    free.delete(nearest.token);
    held.set(session.id, nearest.token);
  }
  return held;
}

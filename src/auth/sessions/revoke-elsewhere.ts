import type { DoLater } from '../../auth0/later.ts';
import type { IssuedRefreshToken, Management } from '../../auth0/management.ts';
import type { Session } from '../../session/session.ts';
import type { RevokeElsewhere } from '../../session/sessions.ts';

export interface RevokeElsewhereDeps {
  readonly management: Pick<Management, 'revokeSession' | 'listRefreshTokens' | 'revokeRefreshTokens'>;
  readonly doLater: DoLater;
}

/** How far apart the tenant may make an ID token and the refresh token beside it. */
const NEAR_MS = 5_000;

const hasRefreshToken = ({ scope }: Session): boolean => scope.split(' ').includes('offline_access');

/** How far from the second of a session's ID token a refresh token was made; by the tenant's clock, both. */
function gapMs({ claims }: Session, { createdAtMs }: IssuedRefreshToken): number {
  const issuedAtMs = Number(claims['iat']) * 1000;
  return Math.max(issuedAtMs - createdAtMs, createdAtMs - (issuedAtMs + 999), 0);
}

/**
 * Which refresh token each session holds, by the session's id. The tenant does not list the tokens themselves: a session's is the one of
 * the same session at the tenant (of none, after a password) that was made along with its ID token. Each is held once; of several that
 * were made at the same time, the session that began first holds the first.
 */
function matchTokens(
  sessions: readonly Session[],
  tokens: readonly IssuedRefreshToken[],
): ReadonlyMap<string, IssuedRefreshToken> {
  const free = new Set(tokens.toSorted((one, other) => one.createdAtMs - other.createdAtMs));
  const held = new Map<string, IssuedRefreshToken>();
  const byAge = sessions
    .filter(hasRefreshToken)
    .toSorted((one, other) => one.createdAtMs - other.createdAtMs);
  for (const session of byAge) {
    const [nearest] = [...free]
      .filter((token) => token.sid === session.sid)
      .map((token) => ({ token, gap: gapMs(session, token) }))
      .filter(({ gap }) => gap <= NEAR_MS)
      .toSorted((one, other) => one.gap - other.gap);
    if (!nearest) continue;
    free.delete(nearest.token);
    held.set(session.id, nearest.token);
  }
  return held;
}

/** Makes what revokes, by the Management API, the refresh tokens of sessions that have ended without their cookies. */
export function createRevokeElsewhere({ management, doLater }: RevokeElsewhereDeps): RevokeElsewhere {
  /** Ends the sessions at the tenant that no live session hangs on; returns those whose refresh tokens are gone with them. */
  async function revokeSessions(ended: readonly Session[], live: readonly Session[]): Promise<Set<string>> {
    const sids = new Set(ended.flatMap(({ sid }) => sid ?? []));
    const revoked = new Set<string>();
    for (const sid of sids) {
      if (live.some((session) => session.sid === sid)) continue;
      if (await management.revokeSession(sid)) revoked.add(sid);
    }
    return revoked;
  }

  /** Ids of the refresh tokens that only sessions which have ended held. */
  async function findTokens(
    subject: string,
    ended: readonly Session[],
    list: Parameters<RevokeElsewhere>[1],
  ): Promise<string[]> {
    const revoked = await revokeSessions(ended, await list(subject));
    const left = ended.filter(({ sid }) => sid === undefined || !revoked.has(sid));
    if (left.length === 0) return [];
    const tokens = await management.listRefreshTokens(subject);
    // After the tokens: one that a new session holds is not among them.
    const live = await list(subject);
    const held = matchTokens([...live, ...left], tokens);
    const orphaned = (sid: string | undefined) =>
      sid !== undefined &&
      left.some((session) => session.sid === sid) &&
      !live.some((session) => session.sid === sid);
    const ids = left.flatMap(({ id }) => held.get(id)?.id ?? []);
    return [...new Set([...ids, ...tokens.filter(({ sid }) => orphaned(sid)).map(({ id }) => id)])];
  }

  return (ended, list) => {
    for (const [subject, sessions] of Map.groupBy(ended, (session) => session.subject)) {
      // Found once: when they are tried again, some may be gone, and others would match in their place.
      let ids: readonly string[] | undefined;
      doLater(async () => {
        ids ??= await findTokens(subject, sessions, list);
        await management.revokeRefreshTokens(ids);
      });
    }
  };
}

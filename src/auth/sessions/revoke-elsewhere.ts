import type { DoLater } from '../../auth0/later.ts';
import type { Management } from '../../auth0/management.ts';
import { NOT_REVOKED } from '../../auth0/revoke-later.ts';
import type { Session } from '../../session/session.ts';
import type { ListSessions, RevokeElsewhere } from '../../session/sessions.ts';
import { matchTokens } from '../held-token.ts';

export interface RevokeElsewhereDeps {
  readonly management: Pick<Management, 'revokeSession' | 'listRefreshTokens' | 'revokeRefreshTokens'>;
  readonly doLater: DoLater;
}

/** The `sid`s of ended sessions that no live session shares. */
function toOrphanedSids(ended: readonly Session[], live: readonly Session[]): ReadonlySet<string> {
  const sids = new Set(ended.flatMap(({ sid }) => sid ?? []));
  for (const { sid } of live) if (sid !== undefined) sids.delete(sid);
  return sids;
}

/**
 * Creates the function that revokes the refresh tokens of sessions that ended without their cookies. Only the cookie opens
 * a session's tokens, so the Management API has to find them.
 */
export function createRevokeElsewhere({ management, doLater }: RevokeElsewhereDeps): RevokeElsewhere {
  /** Ids of the refresh tokens that only ended sessions held. */
  async function findTokens(
    subject: string,
    ended: readonly Session[],
    list: ListSessions,
  ): Promise<readonly string[]> {
    const tokens = await management.listRefreshTokens(subject);
    // Read the sessions after the tokens, so that the token of a session that begins meanwhile is not revoked.
    const live = await list(subject);
    const sids = toOrphanedSids(ended, live);
    const held = matchTokens([...live, ...ended], tokens);
    const ids = new Set(ended.flatMap(({ id }) => held.get(id)?.id ?? []));
    for (const { id, sid } of tokens) if (sid !== undefined && sids.has(sid)) ids.add(id);
    return [...ids];
  }

  return (ended, list) => {
    for (const [subject, sessions] of Map.groupBy(ended, (session) => session.subject)) {
      doLater('a session at the tenant was not revoked', async () => {
        for (const sid of toOrphanedSids(sessions, await list(subject))) await management.revokeSession(sid);
      });
      // Search once: on a retry some tokens may be revoked already, and others would match instead.
      let ids: readonly string[] | undefined;
      doLater(NOT_REVOKED, async () => {
        ids ??= await findTokens(subject, sessions, list);
        await management.revokeRefreshTokens(ids);
      });
    }
  };
}

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

/** The sessions at the tenant that ended ones hung on, and no live one does. */
function toOrphanedSids(ended: readonly Session[], live: readonly Session[]): ReadonlySet<string> {
  const sids = new Set(ended.flatMap(({ sid }) => sid ?? []));
  for (const { sid } of live) if (sid !== undefined) sids.delete(sid);
  return sids;
}

/** Makes what revokes, by the Management API, the refresh tokens of sessions that have ended without their cookies. */
export function createRevokeElsewhere({ management, doLater }: RevokeElsewhereDeps): RevokeElsewhere {
  /** Ids of the refresh tokens that only sessions which have ended held. */
  async function findTokens(
    subject: string,
    ended: readonly Session[],
    list: ListSessions,
  ): Promise<readonly string[]> {
    const tokens = await management.listRefreshTokens(subject);
    // Read after the tokens: what a session holds that begins meanwhile is not among them.
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
      // Found once: when it is tried again, some tokens may be gone, and others would match in their place.
      let ids: readonly string[] | undefined;
      doLater(NOT_REVOKED, async () => {
        ids ??= await findTokens(subject, sessions, list);
        await management.revokeRefreshTokens(ids);
      });
    }
  };
}

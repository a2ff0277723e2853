import type { DoLater } from '../../auth0/later.ts';
import type { Management } from '../../auth0/management.ts';
import { NOT_REVOKED } from '../../auth0/revoke-later.ts';
import type { Sessions } from '../../session/session.ts';

/** The deny list of bearer tokens, as far as administrators write to it. */
export interface DenyList {
  /** Denies the tokens of a user, whatever their age. */
  deny(userId: string): Promise<void>;
  /** Lifts that. */
  allow(userId: string): Promise<void>;
  /** Denies the tokens of a user that were issued before now. */
  denyIssuedBefore(userId: string): Promise<void>;
}

export interface UserAccessDeps {
  readonly management: Pick<Management, 'users' | 'listRefreshTokens' | 'revokeRefreshTokens'>;
  readonly sessions: Pick<Sessions, 'endAll'>;
  /** Undefined: bearer tokens go on until they expire. */
  readonly denyList: DenyList | undefined;
  readonly doLater: DoLater;
}

/** What takes a user's access away, or gives it back. It can be called again where it failed half-way. */
export interface UserAccess {
  block(userId: string): Promise<void>;
  unblock(userId: string): Promise<void>;
  remove(userId: string): Promise<void>;
  /** Ends all sessions here, and revokes all refresh tokens of the gateway's client. */
  endSessions(userId: string): Promise<void>;
}

export function createUserAccess({ management, sessions, denyList, doLater }: UserAccessDeps): UserAccess {
  const { users } = management;

  async function revokeRefreshTokens(userId: string): Promise<void> {
    const tokens = await management.listRefreshTokens(userId);
    if (tokens.length > 0) await management.revokeRefreshTokens(tokens.map(({ id }) => id));
  }

  return {
    // At the tenant first: once it grants nothing more, what is ended here does not begin again.
    async block(userId) {
      await users.update(userId, { blocked: true });
      await Promise.all([denyList?.deny(userId), sessions.endAll(userId)]);
      // Those of callers without a session: the tenant refuses them until the user is unblocked.
      doLater(NOT_REVOKED, () => revokeRefreshTokens(userId));
    },
    async unblock(userId) {
      await users.update(userId, { blocked: false });
      await denyList?.allow(userId);
    },
    async remove(userId) {
      await users.remove(userId);
      // What they held at the tenant went with them.
      await Promise.all([denyList?.deny(userId), sessions.endAll(userId, undefined, { revokes: false })]);
    },
    async endSessions(userId) {
      await sessions.endAll(userId);
      try {
        await revokeRefreshTokens(userId);
      } finally {
        // Denied last, so that tokens issued meanwhile are denied too; also if the tenant does not answer.
        await denyList?.denyIssuedBefore(userId);
      }
    },
  };
}

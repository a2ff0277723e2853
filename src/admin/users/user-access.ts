import type { DoLater } from '../../auth0/later.ts';
import type { Management } from '../../auth0/management.ts';
import { NOT_REVOKED } from '../../auth0/revoke-later.ts';
import type { Sessions } from '../../session/session.ts';

/** The functions of the deny list of bearer tokens that administration uses. */
export interface DenyList {
  /** Denies all tokens of a user. */
  deny(userId: string): Promise<void>;
  /** Reverses `deny`. */
  allow(userId: string): Promise<void>;
  /** Denies the tokens of a user that were issued before now. */
  denyIssuedBefore(userId: string): Promise<void>;
}

export interface UserAccessDeps {
  readonly management: Pick<Management, 'users' | 'listRefreshTokens' | 'revokeRefreshTokens'>;
  readonly sessions: Pick<Sessions, 'endAll'>;
  /** Undefined: bearer tokens stay valid until they expire. */
  readonly denyList: DenyList | undefined;
  readonly doLater: DoLater;
}

/** Revokes and restores the access of a user. Each function can be repeated after a partial failure. */
export interface UserAccess {
  block(userId: string): Promise<void>;
  unblock(userId: string): Promise<void>;
  remove(userId: string): Promise<void>;
  /** Ends all sessions of the gateway, and revokes all refresh tokens of the gateway's client. */
  endSessions(userId: string): Promise<void>;
}

export function createUserAccess({ management, sessions, denyList, doLater }: UserAccessDeps): UserAccess {
  const { users } = management;

  async function revokeRefreshTokens(userId: string): Promise<void> {
    const tokens = await management.listRefreshTokens(userId);
    if (tokens.length > 0) await management.revokeRefreshTokens(tokens.map(({ id }) => id));
  }

  return {
    // Block at the tenant first, so that no new session can start after the sessions have ended here.
    async block(userId) {
      await users.update(userId, { blocked: true });
      await Promise.all([denyList?.deny(userId), sessions.endAll(userId)]);
      // For refresh tokens of callers without a session: the tenant refuses them only until the user is unblocked.
      doLater(NOT_REVOKED, () => revokeRefreshTokens(userId));
    },
    async unblock(userId) {
      await users.update(userId, { blocked: false });
      await denyList?.allow(userId);
    },
    async remove(userId) {
      await users.remove(userId);
      // The tenant has deleted their refresh tokens with the user.
      await Promise.all([denyList?.deny(userId), sessions.endAll(userId, undefined, { revokes: false })]);
    },
    async endSessions(userId) {
      await sessions.endAll(userId);
      try {
        await revokeRefreshTokens(userId);
      } finally {
        // Denied last, to include tokens that were issued meanwhile; also if the tenant does not respond.
        await denyList?.denyIssuedBefore(userId);
      }
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Ends a refresh token at the tenant. */
export type RevokeToken = (refreshToken: string) => Promise<void>;

const MAX_WAITING = 1_000;
const WAITS_MS = [1_000, 4_000, 16_000, 60_000];

/** Revokes in the background, with retries: nobody waits for it, and an outage of the tenant fails nothing. */
export type RevokeLater = (refreshToken: string | undefined) => void;

/** `onFailed` is told when it was given up; the token lapses by the tenant's own lifetimes then. */
export function createRevokeLater(revoke: RevokeToken, onFailed: (error: unknown) => void): RevokeLater {
  let waiting = 0;

  async function tryAll(refreshToken: string): Promise<void> {
    for (const waitMs of [...WAITS_MS, undefined]) {
      try {
        await revoke(refreshToken);
        return;
      } catch (error) {
        if (waitMs === undefined) throw error;
        await sleep(waitMs, undefined, { ref: false });
      }
    }
  }

  return (refreshToken) => {
    if (refreshToken === undefined) return;
    if (waiting >= MAX_WAITING) {
      onFailed(new Error('too many revocations are waiting'));
      return;
    }
    waiting++;
    void tryAll(refreshToken)
      .catch(onFailed)
      .finally(() => waiting--);
  };
}

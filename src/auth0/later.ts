import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a call of the tenant in the background, with retries, so that an outage of the tenant does not fail the request.
 * `unlessDone` is the log message if all retries fail.
 */
export type DoLater = (unlessDone: string, act: () => Promise<void>) => void;

const MAX_WAITING = 1_000;
const WAITS_MS = [1_000, 4_000, 16_000, 60_000];

async function tryAll(act: () => Promise<void>): Promise<void> {
  for (const waitMs of [...WAITS_MS, undefined]) {
    try {
      await act();
      return;
    } catch (error) {
      if (waitMs === undefined) throw error;
      await sleep(waitMs, undefined, { ref: false });
    }
  }
}

/** Calls `onGivenUp` with the message of a call whose retries have failed. */
export function createDoLater(onGivenUp: (unlessDone: string, error: unknown) => void): DoLater {
  let waiting = 0;
  return (unlessDone, act) => {
    if (waiting >= MAX_WAITING) {
      onGivenUp(unlessDone, new Error('too much waits for the tenant'));
      return;
    }
    waiting++;
    void tryAll(act)
      .catch((error: unknown) => onGivenUp(unlessDone, error))
      .finally(() => waiting--);
  };
}

import { setTimeout as sleep } from 'node:timers/promises';

/** Does something at the tenant in the background, with retries: nobody waits for it, and an outage of the tenant fails nothing. */
export type DoLater = (act: () => Promise<void>) => void;

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

/** `onFailed` is told when something was given up. */
export function createDoLater(onFailed: (error: unknown) => void): DoLater {
  let waiting = 0;
  return (act) => {
    if (waiting >= MAX_WAITING) {
      onFailed(new Error('too much waits for the tenant'));
      return;
    }
    waiting++;
    void tryAll(act)
      .catch(onFailed)
      .finally(() => waiting--);
  };
}

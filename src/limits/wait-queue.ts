const MAX_WAITING = 200;
/** Maximum sleep of a waiter, since other processes do not wake it. */
const MAX_SLEEP_MS = 250;

/** Waiters by key. */
export interface WaitQueue {
  /** Resolves when the waiter should check again; false at once if too many are waiting. */
  wait(key: string): Promise<boolean>;
  /** Wakes the first `count` waiters of a key. */
  wake(key: string, count: number): void;
}

/** Creates bounded queues of waiters. */
export function createWaitQueue(): WaitQueue {
  const queues = new Map<string, Set<() => void>>();
  return {
    wait(key) {
      const queue = queues.get(key) ?? new Set();
      if (queue.size >= MAX_WAITING) return Promise.resolve(false);
      queues.set(key, queue);
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          queue.delete(wake);
          if (queue.size === 0 && queues.get(key) === queue) queues.delete(key);
          resolve(true);
        };
        const timer = setTimeout(wake, MAX_SLEEP_MS);
        queue.add(wake);
      });
    },
    wake(key, count) {
      for (const wake of [...(queues.get(key) ?? [])].slice(0, count)) wake();
    },
  };
}

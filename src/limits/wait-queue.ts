const MAX_WAITING = 200;
/** How long a waiter stays asleep when nobody here ends: other processes tell nothing. */
const NAP_MS = 250;

/** Who waits for something to end, by key. */
export interface WaitQueue {
  /** Resolves when it is worth another look; false at once where too many wait already. */
  wait(key: string): Promise<boolean>;
  /** Wakes those who wait for a key, the first `count` of them. */
  wake(key: string, count: number): void;
}

/** Bounded queues of waiters. */
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
        const timer = setTimeout(wake, NAP_MS);
        queue.add(wake);
      });
    },
    wake(key, count) {
      for (const wake of [...(queues.get(key) ?? [])].slice(0, count)) wake();
    },
  };
}

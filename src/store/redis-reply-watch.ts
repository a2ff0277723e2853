import type { Redis } from 'ioredis';

/** Replies are looked for this often. */
const TICK_MS = 100;
/** A command without a reply for so many ticks, 600 to 700 ms, has failed. */
const MAX_TICKS = 6;

type Sent = ReturnType<Redis['commandQueue']['toArray']>[number];

/**
 * Fails the commands of a connection, and closes it, when a reply is late. Counts ticks and not time: after a stall of this process, the
 * replies that have arrived meanwhile are read before the next tick, so that a stall is not an outage of the store.
 */
export function watchReplies(redis: Redis): void {
  /** The newest pending command at each of the latest ticks. Replies come in the order of the commands. */
  let newest: (Sent | undefined)[] = [];

  const timer = setInterval(() => {
    const pending = redis.commandQueue.toArray();
    newest.push(pending.at(-1));
    const due = newest.length > MAX_TICKS ? newest.shift() : undefined;
    if (due === undefined || !pending.includes(due)) return;
    newest = [];
    const error = new Error(`no reply within ${TICK_MS * (MAX_TICKS + 1)} ms`);
    for (const { command } of pending) command.reject(error);
    redis.stream.destroy(error);
  }, TICK_MS);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
}

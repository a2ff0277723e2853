import { GatewayError } from '../errors.ts';

/** Runs a verification for a socket, now or a few event loop turns later. */
export type Gate = <T>(socket: object, task: () => Promise<T>) => Promise<T>;

/**
 * Starts at most `perTurn` verifications per event loop turn and one at a time per socket, so that a flood of bad
 * signatures does not delay tokens that are already verified. Throws `overloaded` beyond `maxQueued`.
 */
export function createVerificationGate(perTurn = 4, maxQueued = 1000): Gate {
  const busy = new WeakSet<object>();
  let queue: { socket: object; start: () => void }[] = [];
  let startedThisTurn = 0;
  let turnEnds = false;

  function beginTurn(): void {
    turnEnds = false;
    startedThisTurn = 0;
    const waiting = queue;
    queue = [];
    for (const entry of waiting) admit(entry.socket, entry.start);
  }

  function admit(socket: object, start: () => void): void {
    if (startedThisTurn >= perTurn || busy.has(socket)) queue.push({ socket, start });
    else {
      startedThisTurn += 1;
      busy.add(socket);
      start();
    }
    if (!turnEnds && (startedThisTurn > 0 || queue.length > 0)) {
      turnEnds = true;
      setImmediate(beginTurn);
    }
  }

  return (socket, task) => {
    if (queue.length >= maxQueued) throw new GatewayError('overloaded', { retryAfterS: 1 });
    return new Promise((resolve, reject) => {
      admit(socket, () => {
        task()
          .finally(() => busy.delete(socket))
          .then(resolve, reject);
      });
    });
  };
}

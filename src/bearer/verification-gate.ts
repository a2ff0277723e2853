import { GatewayError } from '../errors.ts';

/** Runs a verification in the name of a socket, now or a few turns of the event loop later. */
export type Gate = <T>(socket: object, task: () => Promise<T>) => Promise<T>;

/**
 * Lets at most `perTurn` verifications start in one turn of the event loop and one at a time run for one socket, so
 * that a flood of bad signatures leaves every turn room for tokens that need none. Beyond `maxQueued` it throws
 * `overloaded`.
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

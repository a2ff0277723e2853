import type { Caller } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';

const SWEEP_MS = 1_000;

/** Tells once when a session has ended; the returned function stops watching. */
export type WatchSession = (caller: Caller, onEnded: () => void) => () => void;

/** What stays open longer than a request: WebSockets and event streams. */
export interface Streams {
  /**
   * Ends an open stream when its caller's token expires or session ends, and when all streams are to end.
   * @returns what forgets it
   */
  add(caller: Caller | undefined, end: () => void): () => void;
  /** Ends them, and from now on each as soon as it opens. */
  endAll(): void;
}

interface OpenStream {
  readonly endsAtMs: number;
  readonly end: () => void;
}

/** When a bearer's token expires; a session's access token is renewed as long as the session lives. */
function toEndMs(caller: Caller | undefined): number {
  const exp = caller?.kind === 'bearer' ? caller.claims['exp'] : undefined;
  return typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
}

export function createStreams(clock: Clock, watchSession: WatchSession): Streams {
  const open = new Set<OpenStream>();
  let timer: NodeJS.Timeout | undefined;
  let isEnding = false;

  function sweep(): void {
    const now = clock.now();
    for (const stream of open) if (stream.endsAtMs <= now) stream.end();
  }

  return {
    add(caller, end) {
      const stream = { endsAtMs: toEndMs(caller), end };
      open.add(stream);
      if (isEnding) setImmediate(end);
      timer ??= setInterval(sweep, SWEEP_MS).unref();
      const stopWatching = caller?.kind === 'session' ? watchSession(caller, end) : undefined;
      return () => {
        stopWatching?.();
        open.delete(stream);
        if (open.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    endAll() {
      isEnding = true;
      for (const { end } of open) end();
    },
  };
}

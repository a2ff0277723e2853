import type { ActiveSession } from './operations.ts';

/** When a session ends, as far as it is news. */
export type SessionTimes = Partial<Pick<ActiveSession, 'expires_at' | 'idle_expires_at'>>;

export interface SessionStreamOptions {
  /** Of `GET /v1/auth/session/events`. */
  readonly url: string;
  /** Of the lock that one tab of the browser holds: it alone has a stream. */
  readonly lock: string;
  /** The session has ended, or it is not known what has become of it. */
  readonly onChanged: () => void;
  /** It will end soon, or later than was known. */
  readonly onTimes: (times: SessionTimes) => void;
}

/** How often the gateway is asked while no stream is open. */
const POLL_MS = 30_000;

/**
 * Follows the session of this browser, by an event stream or else by asking every 30 seconds. Call what it returns with whether there
 * is a session to follow.
 */
export function createSessionStream(options: SessionStreamOptions): (isWanted: boolean) => void {
  const { url, lock, onChanged, onTimes } = options;
  let stop: AbortController | undefined;

  function connect(reconnect: () => void): EventSource {
    const source = new EventSource(url, { withCredentials: true });
    const on = (event: string, hear: (data: string) => void): void =>
      source.addEventListener(event, ({ data }: MessageEvent<string>) => hear(data));
    on('renewed', (data) => onTimes(JSON.parse(data) as SessionTimes));
    on('expiring', (data) => {
      const { expires_at } = JSON.parse(data) as { expires_at: string };
      onTimes({ idle_expires_at: expires_at });
    });
    on('ended', () => {
      source.close();
      onChanged();
      // Where another session has taken its place, that one is followed; else the gateway refuses.
      reconnect();
    });
    on('error', () => {
      // Refused; after a cut the browser opens it again by itself.
      if (source.readyState === EventSource.CLOSED) onChanged();
    });
    return source;
  }

  /** Resolves when the signal fires. */
  const lead = (signal: AbortSignal, hasStreams: boolean): Promise<void> =>
    new Promise((resolve) => {
      let source: EventSource | undefined;
      const open = (): void => {
        if (hasStreams && !signal.aborted) source = connect(open);
      };
      open();
      const timer = setInterval(() => {
        if (source?.readyState === EventSource.OPEN) return;
        if (source?.readyState === EventSource.CLOSED) open();
        onChanged();
      }, POLL_MS);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        source?.close();
        resolve();
      });
    });

  return (isWanted) => {
    if (isWanted === Boolean(stop)) return;
    stop?.abort();
    stop = isWanted ? new AbortController() : undefined;
    if (!stop) return;
    const { signal } = stop;
    // Pages that are not secure have no locks: each of their tabs asks.
    if (!('locks' in navigator)) void lead(signal, false);
    else navigator.locks.request(lock, { signal }, () => lead(signal, true)).catch(() => undefined);
  };
}

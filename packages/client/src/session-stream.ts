import type { ActiveSession } from './operations.ts';

/** The changed end times of a session. */
export type SessionTimes = Partial<Pick<ActiveSession, 'expires_at' | 'idle_expires_at'>>;

export interface SessionStreamOptions {
  /** URL of `GET /v1/auth/session/events`. */
  readonly url: string;
  /** Name of the lock: of all tabs of the browser, only its holder opens a stream. */
  readonly lock: string;
  /** Called when the session has ended or its state is unknown. */
  readonly onChanged: () => void;
  /** Called when the session will end soon, or later than expected. */
  readonly onTimes: (times: SessionTimes) => void;
}

/** Poll interval while no stream is open. */
const POLL_MS = 30_000;

/**
 * Watches the session of this browser by an event stream, or by polling every 30 seconds if no stream is possible. Returns
 * a function that starts (true) and stops (false) watching.
 */
export function createSessionStream(options: SessionStreamOptions): (isWanted: boolean) => void {
  const { url, lock, onChanged, onTimes } = options;
  let stop: AbortController | undefined;

  function connect(reconnect: () => void): EventSource {
    const source = new EventSource(url, { withCredentials: true });
    const on = (event: string, handle: (data: string) => void): void =>
      source.addEventListener(event, ({ data }: MessageEvent<string>) => handle(data));
    on('renewed', (data) => onTimes(JSON.parse(data) as SessionTimes));
    on('expiring', (data) => {
      const { expires_at } = JSON.parse(data) as { expires_at: string };
      onTimes({ idle_expires_at: expires_at });
    });
    on('ended', () => {
      source.close();
      onChanged();
      // If another session has replaced it, the new stream belongs to that one; otherwise the gateway refuses it.
      reconnect();
    });
    on('error', () => {
      // Closed: the gateway has refused the stream. After a lost connection the browser reconnects automatically.
      if (source.readyState === EventSource.CLOSED) onChanged();
    });
    return source;
  }

  /** Keeps the stream open, or polls, until the signal aborts. */
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
    // Insecure pages have no Web Locks: each of their tabs polls.
    if (!('locks' in navigator)) void lead(signal, false);
    else navigator.locks.request(lock, { signal }, () => lead(signal, true)).catch(() => undefined);
  };
}

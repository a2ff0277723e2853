import type { SessionTimes } from './session-stream.ts';

/** What the tabs of one origin tell each other. */
export interface TabMessage {
  /** The session may be another now. */
  readonly changed?: true;
  /** It goes on, and ends at another time or soon. */
  readonly times?: SessionTimes;
  /** The id of a popup that is back from a sign-in. */
  readonly popup?: string;
}

/** A channel to the other tabs of this origin that use the same gateway. */
export interface TabChannel {
  post(message: TabMessage): void;
  /** Returns what ends it. */
  listen(listener: (message: TabMessage) => void): () => void;
}

export function createTabChannel(name: string): TabChannel {
  const listeners = new Set<(message: TabMessage) => void>();
  /** Open while somebody listens: an open channel keeps a page from being cached for the back button. */
  let open: BroadcastChannel | undefined;
  return {
    post(message) {
      const channel = open ?? new BroadcastChannel(name);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
      channel.postMessage(message);
      if (channel !== open) channel.close();
    },
    listen(listener) {
      listeners.add(listener);
      if (!open) {
        open = new BroadcastChannel(name);
        open.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
          for (const each of listeners) each(data);
        });
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        open?.close();
        open = undefined;
      };
    },
  };
}

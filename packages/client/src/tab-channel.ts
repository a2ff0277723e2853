import type { SessionTimes } from './session-stream.ts';

/** A message between the tabs of one origin. */
export interface TabMessage {
  /** The session may have changed. */
  readonly changed?: true;
  /** The session continues; its end times have changed, or it ends soon. */
  readonly times?: SessionTimes;
  /** The id of a popup that has returned from a sign-in. */
  readonly popup?: string;
}

/** A channel to the other tabs of this origin that use the same gateway. */
export interface TabChannel {
  post(message: TabMessage): void;
  /** Returns a function that removes the listener. */
  listen(listener: (message: TabMessage) => void): () => void;
}

export function createTabChannel(name: string): TabChannel {
  const listeners = new Set<(message: TabMessage) => void>();
  /**
   * Open only while there are listeners, because an open channel prevents a page from being stored in the back/forward
   * cache.
   */
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

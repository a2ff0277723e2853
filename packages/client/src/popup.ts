import { GatehouseError } from './gatehouse-error.ts';
import type { TabChannel } from './tab-channel.ts';

/** Prefix of the popup's id in the fragment of the page that it returns to. */
const MARK = '#gatehouse-popup=';
const FEATURES = 'popup,width=480,height=720';
const LOOK_MS = 500;

/**
 * Opens an empty window. Browsers allow this only while they handle a click, so it must be called before any `await`.
 * @throws GatehouseError `popup_blocked`
 */
export function openPopup(): Window {
  const popup = open('about:blank', '_blank', FEATURES);
  if (popup) return popup;
  throw new GatehouseError(
    'popup_blocked',
    'The browser has blocked the sign-in window. Call this in the handler of a click, or use signInWithRedirect.',
  );
}

/**
 * The `return_to` of a popup: a page of this origin that creates a client, where `reportPopup` reports the popup's return.
 */
export function toPopupReturn(id: string, page: string | undefined): string {
  const url = new URL(page ?? location.pathname, location.href);
  url.hash = MARK + id;
  return url.href;
}

/** Waits until the popup has returned from its sign-in. @throws GatehouseError `popup_closed` if the user has closed it */
export function waitForPopup(popup: Window, id: string, channel: TabChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    let wasClosed = false;
    const end = (): void => {
      clearInterval(timer);
      stop();
    };
    const stop = channel.listen((message) => {
      if (message.popup !== id) return;
      end();
      resolve();
    });
    const timer = setInterval(() => {
      // The popup closes itself right after its message, so the promise is rejected only at the second check.
      if (wasClosed) {
        end();
        reject(
          new GatehouseError(
            'popup_closed',
            'The sign-in window was closed before the sign-in was complete.',
          ),
        );
      }
      wasClosed = popup.closed;
    }, LOOK_MS);
  });
}

/**
 * In a popup that has returned from its sign-in: notifies the page that opened it and all other tabs, then closes the
 * popup. It also reaches a page that no longer waits, because an error page of the gateway has severed the popup from its
 * opener.
 */
export function reportPopup(channel: TabChannel): void {
  if (!location.hash.startsWith(MARK)) return;
  channel.post({ popup: location.hash.slice(MARK.length), changed: true });
  close();
}

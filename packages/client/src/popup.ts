import { GatehouseError } from './gatehouse-error.ts';
import type { TabChannel } from './tab-channel.ts';

/** In the fragment of the page to which a popup returns, before its id. */
const MARK = '#gatehouse-popup=';
const FEATURES = 'popup,width=480,height=720';
const LOOK_MS = 500;

/**
 * Opens an empty window. Browsers allow that while a person's click is being handled, so nothing is awaited before.
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

/** Where a popup returns to so that `reportPopup` there tells of it: a page of this origin that makes a client. */
export function toPopupReturn(id: string, page: string | undefined): string {
  const url = new URL(page ?? location.pathname, location.href);
  url.hash = MARK + id;
  return url.href;
}

/** Waits until the popup is back from its sign-in. @throws GatehouseError `popup_closed` where the person has closed it */
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
      // Its message may be under way when it is first seen closed.
      if (wasClosed) {
        end();
        reject(
          new GatehouseError('popup_closed', 'The sign-in window was closed before the sign-in was done.'),
        );
      }
      wasClosed = popup.closed;
    }, LOOK_MS);
  });
}

/**
 * In a popup that is back from its sign-in: tells the page that opened it, and all others, and closes. A page that has given
 * the popup up, since an error page of the gateway has cut it off, learns it too.
 */
export function reportPopup(channel: TabChannel): void {
  if (!location.hash.startsWith(MARK)) return;
  channel.post({ popup: location.hash.slice(MARK.length), changed: true });
  close();
}

import type { Clock } from '../lib/clock.ts';
import { randomHex } from '../lib/random.ts';
import type { State } from './state.ts';
import type { Mail } from './token-documents.ts';

const KEPT = 1000;

/** Every mail and text message that a real tenant would send. Keeps the newest 1,000. */
export interface Inbox {
  add(mail: Omit<Mail, 'at'>): void;
  /** Oldest first; `to` ignores case. */
  list(filter?: { readonly to?: string | undefined }): Mail[];
}

export function createInbox(state: Pick<State, 'mails'>, clock: Clock): Inbox {
  const { mails } = state;
  return {
    add(mail) {
      mails.put({ ...mail, at: new Date(clock.now()).toISOString(), id: randomHex(12) });
      mails.trim(KEPT);
    },
    list({ to } = {}) {
      const found = to === undefined ? mails.list() : mails.find('to', to.toLowerCase());
      return found.map(({ id: _id, ...mail }) => mail);
    },
  };
}

import type { ActionHost } from './action-runtime/create-action-host.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Clock } from './lib/clock.ts';
import type { Passwords } from './passwords/passwords.ts';
import type { Inbox } from './state/inbox.ts';
import type { Log } from './state/log.ts';
import type { State } from './state/state.ts';
import type { CallBack } from './transport/call-back.ts';
import type { FetchDocument } from './transport/fetch-document.ts';

/** The services that the tenant's rules use. Functions take only the ones they need. */
export interface TenantContext {
  readonly state: State;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly passwords: Passwords;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly actions: ActionHost;
  readonly callBack: CallBack;
  /** Fetches a document that a caller of the Management API names. */
  readonly fetchDocument: FetchDocument;
  /** Further origins that clients redirect browsers to after a sign-in, by client id. */
  readonly redirectOrigins: ReadonlyMap<string, readonly string[]>;
  /** Whether programs and the login page can sign in as a user without a password. */
  readonly signInAs: boolean;
  /** Whether error pages link to the console: not with remote access. */
  readonly linksToConsole: boolean;
  /** `localhost:<port>` */
  readonly domain: string;
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, used for links in mails: over http a browser shows no certificate warning. */
  readonly origin: string;
}

import type { KeyRing } from './keys/key-ring.ts';
import type { Clock } from './lib/clock.ts';
import type { Passwords } from './passwords/passwords.ts';
import type { Inbox } from './state/inbox.ts';
import type { Log } from './state/log.ts';
import type { State } from './state/state.ts';
import type { CallBack } from './transport/call-back.ts';

/** What the tenant's rules work on. Functions take the parts they use. */
export interface TenantContext {
  readonly state: State;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly passwords: Passwords;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly callBack: CallBack;
  /** Where clients send browsers on to besides the origins of their settings, by client id. */
  readonly onwardOrigins: ReadonlyMap<string, readonly string[]>;
  /** `localhost:<port>` */
  readonly domain: string;
  /** `https://localhost:<port>/` */
  readonly issuer: string;
  /** `http://localhost:<port>`, where people's links lead: a browser meets no certificate there. */
  readonly origin: string;
}

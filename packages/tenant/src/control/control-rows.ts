import { z } from 'zod';
import type { TravelClock } from '../lib/clock.ts';
import { type Awaitable, type ControlReply, type ControlRow, notFound, ok, row } from './control-row.ts';
import { faultsBody } from './fault.ts';
import type { Faults } from './faults.ts';
import { forwardClock, maxOffsetS } from './forward-clock.ts';
import { type KillSwitches, killRows } from './kill-rows.ts';
import type { RequestRecorder } from './request-recorder.ts';
import { type StoreDeps, storeRows } from './store-rows.ts';

/** A mail or message as the inbox holds it; the control API shows these fields and no others. */
export interface InboxMessage {
  readonly to: string;
  readonly kind: string;
  readonly subject: string;
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** When it was sent, ISO 8601. */
  readonly at: string;
}

/** A signing key as the control API shows it. */
export interface SigningKeyView {
  readonly kid: string;
  readonly state?: string | undefined;
}

export interface LogoutOrder {
  readonly user_id: string;
  readonly client_id: string;
  /** Undefined: all sessions of the user. */
  readonly sid?: string | undefined;
}

export type LogoutOutcome =
  | { readonly missing: string }
  /** `status` is absent where there was no answer. */
  | { readonly sent: readonly { readonly url: string; readonly status?: number }[] };

/** What an authenticator app would show. */
export interface TotpView {
  readonly user_id: string;
  readonly email?: string | undefined;
  readonly authenticator_id: string;
  /** Whether its user has confirmed it. */
  readonly active: boolean;
  readonly code: string;
  /** Seconds until the next one. */
  readonly expires_in_s: number;
}

export interface ControlDeps extends KillSwitches, StoreDeps {
  readonly clock: TravelClock;
  /** Oldest first; `to` keeps the messages to one recipient. */
  readonly inbox: { list(filter: { readonly to?: string }): readonly InboxMessage[] };
  readonly faults: Faults;
  readonly requests: RequestRecorder;
  readonly keys: {
    list(): readonly SigningKeyView[];
    rotate(): Awaitable<unknown>;
    /** False where no such key may be taken out. */
    remove(kid: string): Awaitable<boolean>;
  };
  /** Sends a client a logout token; answers with what each of its URLs said, or with why there is none to send. */
  readonly sendLogout: (order: LogoutOrder) => Promise<LogoutOutcome>;
  readonly factors: {
    /** Of one user, by id or address, or of all. */
    totp(user: string | undefined): readonly TotpView[];
    /** Answers the newest push that a user was sent. False where none waits. */
    answerPush(userId: string, approved: boolean): boolean;
  };
}

const inboxQuery = z.strictObject({ to: z.string().max(320).optional() });
const logoutBody = z.strictObject({
  user_id: z.string().min(1).max(255),
  client_id: z.string().min(1).max(128),
  sid: z.string().min(1).max(128).optional(),
});
const totpQuery = z.strictObject({ user: z.string().max(320).optional() });
const pushBody = z.strictObject({ action: z.enum(['accept', 'deny']) });
const clockBody = z.strictObject({ offset_s: z.number().min(0).max(maxOffsetS) });

/** The operations of `/_tenant`, paths relative to it. */
export function controlRows(deps: ControlDeps): readonly ControlRow[] {
  const { clock, inbox, faults, requests, keys, factors } = deps;
  const toClock = (): ControlReply =>
    ok({
      offset_s: clock.offsetS,
      now: new Date(clock.now()).toISOString(),
      note: 'The tenant, and a gateway in the same process, run ahead by offset_s. A gateway in another process does not travel.',
    });
  const toKeys = (): ControlReply =>
    ok({ keys: keys.list().map(({ kid, state }) => ({ kid, ...(state !== undefined && { state }) })) });
  return [
    row('GET', '/inbox', { query: inboxQuery }, ({ query: { to } }) =>
      ok(inbox.list(to === undefined ? {} : { to }).map(toMessage)),
    ),
    row('GET', '/totp', { query: totpQuery }, ({ query: { user } }) => ok(factors.totp(user))),
    row('POST', '/users/:id/push', { body: pushBody }, ({ params: { id = '' }, body: { action } }) =>
      factors.answerPush(id, action === 'accept')
        ? ok({ user_id: id, action })
        : notFound('There is no push that waits for this user.'),
    ),
    row('GET', '/clock', {}, toClock),
    row('POST', '/clock', { body: clockBody }, ({ body }) => {
      if (forwardClock(clock, body.offset_s)) return toClock();
      const message = 'offset_s: that is too far ahead';
      return { status: 400, body: { error: 'invalid_request', message } };
    }),
    row('GET', '/faults', {}, () => ok(faults.list())),
    row('PUT', '/faults', { body: faultsBody }, ({ body }) => {
      faults.replace(body);
      return ok(faults.list());
    }),
    row('GET', '/keys', {}, toKeys),
    row('POST', '/keys/rotate', {}, async () => {
      await keys.rotate();
      return toKeys();
    }),
    row('DELETE', '/keys/:kid', {}, async ({ params: { kid = '' } }) =>
      (await keys.remove(kid)) ? toKeys() : notFound('There is no such key to take out.'),
    ),
    ...killRows(deps),
    row('POST', '/backchannel-logout', { body: logoutBody }, async ({ body }) => {
      const outcome = await deps.sendLogout(body);
      return 'missing' in outcome ? notFound(outcome.missing) : ok(outcome);
    }),
    row('GET', '/requests', {}, () => ok(requests.list())),
    ...storeRows(deps),
  ];
}

const toMessage = ({ to, kind, subject, code, link, at }: InboxMessage) => ({
  to,
  kind,
  subject,
  ...(code !== undefined && { code }),
  ...(link !== undefined && { link }),
  at,
});

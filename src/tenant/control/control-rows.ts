import { z } from 'zod';
import type { TravelClock } from '../../lib/clock.ts';
import { faultsBody } from './fault.ts';
import type { Faults } from './faults.ts';
import type { RequestRecorder } from './request-recorder.ts';

type Awaitable<T> = T | Promise<T>;

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

export interface ControlDeps {
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
  /** Ends all that a user holds: sessions and refresh tokens. False where there is no such user. */
  readonly revokeUser: (id: string) => Awaitable<boolean>;
}

export interface ControlReply {
  readonly status: number;
  readonly body: unknown;
}

export interface ControlInput<B = unknown, Q = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
}

/** One operation of the control API. Every change takes a JSON body: `{}` where the row has no schema. */
export interface ControlRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly handler: (input: ControlInput) => Awaitable<ControlReply>;
}

const nothing = z.strictObject({});
const inboxQuery = z.strictObject({ to: z.string().max(320).optional() });
const logoutBody = z.strictObject({
  user_id: z.string().min(1).max(255),
  client_id: z.string().min(1).max(128),
  sid: z.string().min(1).max(128).optional(),
});
const totpQuery = z.strictObject({ user: z.string().max(320).optional() });
const pushBody = z.strictObject({ action: z.enum(['accept', 'deny']) });
const maxOffsetS = 100 * 365 * 24 * 3600;
const clockBody = z.strictObject({ offset_s: z.number().min(0).max(maxOffsetS) });

const ok = (body: unknown): ControlReply => ({ status: 200, body });
const notFound = (message: string): ControlReply => ({ status: 404, body: { error: 'not_found', message } });

function row<B extends z.ZodType, Q extends z.ZodType>(
  method: ControlRow['method'],
  path: string,
  schemas: { readonly body?: B; readonly query?: Q },
  handler: (input: ControlInput<z.output<B>, z.output<Q>>) => Awaitable<ControlReply>,
): ControlRow {
  // The router hands over what these same schemas have parsed, which the erased type cannot say.
  const erased = handler as ControlRow['handler'];
  return { method, path, query: schemas.query ?? nothing, body: schemas.body ?? nothing, handler: erased };
}

/** The operations of `/_tenant`, paths relative to it. */
export function controlRows(deps: ControlDeps): readonly ControlRow[] {
  const { clock, inbox, faults, requests, keys, factors, revokeUser } = deps;
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
      if (clock.offsetS + body.offset_s > maxOffsetS) {
        return {
          status: 400,
          body: { error: 'invalid_request', message: 'offset_s: that is too far ahead' },
        };
      }
      clock.offsetS += body.offset_s;
      return toClock();
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
    row('POST', '/users/:id/revoke', {}, async ({ params: { id = '' } }) =>
      (await revokeUser(id)) ? ok({ user_id: id, revoked: true }) : notFound('There is no such user.'),
    ),
    row('POST', '/backchannel-logout', { body: logoutBody }, async ({ body }) => {
      const outcome = await deps.sendLogout(body);
      return 'missing' in outcome ? notFound(outcome.missing) : ok(outcome);
    }),
    row('GET', '/requests', {}, () => ok(requests.list())),
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

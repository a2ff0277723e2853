import { z } from 'zod';
import type { ActionLog } from '../action-runtime/action-log.ts';
import type { TravelClock } from '../lib/clock.ts';
import { defineRow, type SchemaRow, type TenantReply } from '../wire/row.ts';
import { faultsBody } from './fault.ts';
import type { Faults } from './faults.ts';
import { forwardClock, MAX_OFFSET_S } from './forward-clock.ts';
import { type KillSwitches, killRows } from './kill-rows.ts';
import { notFound, ok } from './replies.ts';
import type { RequestRecorder } from './request-recorder.ts';
import type { SignInAsOptions, SignInOutcome } from './sign-in-as.ts';
import { type StoreDeps, storeRows } from './store-rows.ts';

/** A mail or text message of the inbox, limited to the members that the control API returns. */
export interface InboxMessage {
  readonly to: string;
  readonly kind: string;
  readonly subject: string;
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  /** The language that the request for a code or link asked for. */
  readonly request_language?: string | undefined;
  /** When it was sent, ISO 8601. */
  readonly at: string;
}

/** A signing key in the control API's format. */
export interface SigningKeyView {
  readonly kid: string;
  readonly state?: string | undefined;
}

export interface LogoutTarget {
  readonly user_id: string;
  readonly client_id: string;
  /** Undefined: all sessions of the user. */
  readonly sid?: string | undefined;
}

export type LogoutOutcome =
  | { readonly missing: string }
  /** `status` is absent if there was no response. */
  | { readonly sent: readonly { readonly url: string; readonly status?: number }[] };

/** The current code of an authenticator app. */
export interface TotpView {
  readonly user_id: string;
  readonly email?: string | undefined;
  readonly authenticator_id: string;
  /** Whether the user has confirmed it. */
  readonly active: boolean;
  readonly code: string;
  /** Seconds until the next code. */
  readonly expires_in_s: number;
}

export interface ControlDeps extends KillSwitches, StoreDeps {
  readonly clock: TravelClock;
  /** Oldest first; `to` selects one recipient. */
  readonly inbox: { list(filter: { readonly to?: string }): readonly InboxMessage[] };
  readonly faults: Faults;
  readonly requests: RequestRecorder;
  readonly actionLog: Pick<ActionLog, 'list'>;
  readonly keys: {
    list(): readonly SigningKeyView[];
    rotate(): Promise<void>;
    /** False if the key does not exist or is the current one. */
    remove(kid: string): Promise<boolean>;
  };
  /** Signs a user in without a password. */
  readonly signInAs: (options: SignInAsOptions) => Promise<SignInOutcome>;
  /** Sends logout tokens to a client. Returns each URL's response, or the reason why none was sent. */
  readonly sendLogout: (target: LogoutTarget) => Promise<LogoutOutcome>;
  readonly factors: {
    /** The codes of one user, by id or address, or of all users. */
    totp(user: string | undefined): readonly TotpView[];
    /** Responds to the user's newest pending push. False if there is none. */
    answerPush(userId: string, approved: boolean): boolean;
  };
}

const inboxQuery = z.strictObject({ to: z.string().max(320).optional() });
const logoutBody = z.strictObject({
  user_id: z.string().min(1).max(255),
  client_id: z.string().min(1).max(128),
  sid: z.string().min(1).max(128).optional(),
});
const signInBody = z
  .strictObject({
    user: z.string().min(1).max(320),
    client_id: z.string().min(1).max(128).optional(),
    audience: z.string().min(1).max(2000).optional(),
    scope: z.string().max(2000).optional(),
    organization: z.string().min(1).max(128).optional(),
    answer: z.enum(['tokens', 'code', 'cookies']).default('tokens'),
  })
  .refine(({ client_id, answer }) => client_id !== undefined || answer === 'cookies', {
    path: ['client_id'],
    message: 'is required for tokens and a code',
  });
const totpQuery = z.strictObject({ user: z.string().max(320).optional() });
const pushBody = z.strictObject({ action: z.enum(['accept', 'deny']) });
const clockBody = z.strictObject({ offset_s: z.number().min(0).max(MAX_OFFSET_S) });

/** The rows of `/_tenant`, with paths relative to it. */
export function controlRows(deps: ControlDeps): readonly SchemaRow[] {
  const { clock, inbox, faults, requests, keys, factors } = deps;
  const toClock = (): TenantReply =>
    ok({
      offset_s: clock.offsetS,
      now: new Date(clock.now()).toISOString(),
      note: 'The tenant is offset_s seconds ahead, and so is a program that runs it in process and shares its clock. Other processes keep the machine time.',
    });
  const toKeys = (): TenantReply =>
    ok({ keys: keys.list().map(({ kid, state }) => ({ kid, ...(state !== undefined && { state }) })) });
  return [
    defineRow({
      method: 'GET',
      path: '/inbox',
      query: inboxQuery,
      handle: ({ query: { to } }) => ok(inbox.list(to === undefined ? {} : { to }).map(toMessage)),
    }),
    defineRow({
      method: 'GET',
      path: '/totp',
      query: totpQuery,
      handle: ({ query: { user } }) => ok(factors.totp(user)),
    }),
    defineRow({
      method: 'POST',
      path: '/users/:id/push',
      body: pushBody,
      handle: ({ params: { id = '' }, body: { action } }) =>
        factors.answerPush(id, action === 'accept')
          ? ok({ user_id: id, action })
          : notFound('The user has no pending push.'),
    }),
    defineRow({ method: 'GET', path: '/clock', handle: toClock }),
    defineRow({
      method: 'POST',
      path: '/clock',
      body: clockBody,
      handle: ({ body }) => {
        if (forwardClock(clock, body.offset_s)) return toClock();
        const message = 'offset_s: the time is too far ahead';
        return { status: 400, body: { error: 'invalid_request', message } };
      },
    }),
    defineRow({ method: 'GET', path: '/faults', handle: () => ok(faults.list()) }),
    defineRow({
      method: 'PUT',
      path: '/faults',
      body: faultsBody,
      handle: ({ body }) => {
        faults.replace(body);
        return ok(faults.list());
      },
    }),
    defineRow({ method: 'GET', path: '/keys', handle: toKeys }),
    defineRow({
      method: 'POST',
      path: '/keys/rotate',
      handle: async () => {
        await keys.rotate();
        return toKeys();
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/keys/:kid',
      handle: async ({ params: { kid = '' } }) =>
        (await keys.remove(kid)) ? toKeys() : notFound('The key does not exist or cannot be removed.'),
    }),
    ...killRows(deps),
    defineRow({
      method: 'POST',
      path: '/backchannel-logout',
      body: logoutBody,
      handle: async ({ body }) => {
        const outcome = await deps.sendLogout(body);
        return 'missing' in outcome ? notFound(outcome.missing) : ok(outcome);
      },
    }),
    defineRow({
      method: 'POST',
      path: '/sign-in',
      body: signInBody,
      handle: async ({ body }) => {
        const outcome = await deps.signInAs(body);
        if ('answer' in outcome) return ok(outcome.answer);
        const { status, error, message } = outcome.refused;
        return { status, body: { error, message } };
      },
    }),
    defineRow({ method: 'GET', path: '/requests', handle: () => ok(requests.list()) }),
    defineRow({ method: 'GET', path: '/actions/log', handle: () => ok(deps.actionLog.list()) }),
    ...storeRows(deps),
  ];
}

const toMessage = ({ to, kind, subject, code, link, request_language, at }: InboxMessage) => ({
  to,
  kind,
  subject,
  ...(code !== undefined && { code }),
  ...(link !== undefined && { link }),
  ...(request_language !== undefined && { request_language }),
  at,
});

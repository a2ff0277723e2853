import { z } from 'zod';
import type { Session } from '../../session/session.ts';
import { instant, sessionUser, toTime } from '../../session/signed-in-reply.ts';

export const sessionQuery = z.strictObject({
  touch: z
    .enum(['true', 'false'])
    .default('true')
    .transform((word) => word === 'true')
    .meta({ description: '`false` looks without keeping the session alive.' }),
});

const activeSession = z
  .object({
    authenticated: z.literal(true),
    user: sessionUser,
    scope: z.string(),
    expires_at: instant.optional(),
    idle_expires_at: instant
      .optional()
      .meta({ description: 'Only for a session: when it ends unless it is used.' }),
    signout_url: z
      .string()
      .optional()
      .meta({ description: 'Only for a session: where a browser navigates to sign out.' }),
    client_id: z.string().optional().meta({ description: 'Of a bearer token.' }),
    permissions: z.array(z.string()).optional().meta({ description: 'Of a bearer token.' }),
  })
  .meta({ id: 'gatehouse.Session' });
const noSession = z.object({ authenticated: z.literal(false) }).meta({ id: 'gatehouse.NoSession' });

/** The response of `GET /v1/auth/session`, for all kinds of callers. */
export const sessionReply = z
  .discriminatedUnion('authenticated', [activeSession, noSession])
  .meta({ id: 'gatehouse.SessionState' });

export const signOutBody = z
  .strictObject({
    return_to: z.string().max(1024).optional(),
    federated: z.boolean().optional(),
    refresh_token: z.string().min(1).max(4096).optional(),
  })
  .meta({ id: 'gatehouse.SignOut', example: {} });
export type SignOutBody = z.output<typeof signOutBody>;

export const signOutReply = z
  .object({
    signout_url: z
      .string()
      .nullable()
      .meta({ description: 'Where to send the browser to end its session at the tenant, if it has one.' }),
  })
  .meta({ id: 'gatehouse.SignedOut' });

const parameter = z.string().max(4096).optional().catch(undefined);

export const signOutQuery = z.object({ sid: parameter, return_to: parameter });
export const signedOutQuery = z.object({ to: parameter });

const listedSession = z
  .object({
    id: z.string().meta({ description: 'Identifies the session; not a credential.' }),
    device: z.string(),
    ip: z.string(),
    created_at: instant,
    last_seen_at: instant,
    current: z.boolean().meta({ description: 'Whether this is the session of this request.' }),
  })
  .meta({ id: 'gatehouse.ListedSession' });

export const sessionList = z
  .object({ sessions: z.array(listedSession) })
  .meta({ id: 'gatehouse.SessionList' });

export const toSessionList = (
  sessions: readonly Session[],
  currentId: string | undefined,
): z.output<typeof sessionList> => ({
  sessions: sessions.map(({ id, device, ip, createdAtMs, lastSeenAtMs }) => ({
    id,
    device,
    ip,
    created_at: toTime(createdAtMs),
    last_seen_at: toTime(lastSeenAtMs),
    current: id === currentId,
  })),
});

export const endSessionsQuery = z.strictObject({ keep: z.literal('current').optional() });

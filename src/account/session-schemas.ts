import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import type { Session } from '../session/session.ts';

const instant = z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' });
const text = z.string().optional().catch(undefined);

/** Who is signed in, from the claims of the ID token; one that makes no sense is left out. */
export const sessionUser = z.object({
  id: z.string().meta({ description: 'The `sub` of this user.' }),
  email: text,
  email_verified: z.boolean().optional().catch(undefined),
  phone_number: text,
  username: text,
  name: text,
  given_name: text,
  family_name: text,
  nickname: text,
  picture: text,
});

export const toUser = (subject: string, claims: Claims): z.output<typeof sessionUser> =>
  sessionUser.parse({ ...claims, id: subject });

const times = {
  expires_at: instant.meta({ description: 'When the session ends at the latest.' }),
  idle_expires_at: instant.meta({ description: 'When it ends unless it is used.' }),
};

const toTime = (ms: number): string => new Date(ms).toISOString();

export const toTimes = ({ endsAtMs, idleEndsAtMs }: Session) => ({
  expires_at: toTime(endsAtMs),
  idle_expires_at: toTime(idleEndsAtMs),
});

/** The answer to a sign-in in session mode. */
export const signedInReply = z.object({ user: sessionUser, session: z.object(times) });

export const toSignedInReply = (session: Session): z.output<typeof signedInReply> => ({
  user: toUser(session.subject, session.claims),
  session: toTimes(session),
});

export const sessionQuery = z.strictObject({
  touch: z
    .enum(['true', 'false'])
    .default('true')
    .transform((word) => word === 'true')
    .meta({ description: '`false` looks without keeping the session alive.' }),
});

/** The answer to `GET /v1/auth/session`, whoever asks. */
export const sessionReply = z.object({
  authenticated: z.boolean(),
  user: sessionUser.optional(),
  scope: z.string().optional(),
  expires_at: instant.optional(),
  idle_expires_at: instant.optional(),
  signout_url: z.string().optional().meta({ description: 'Where a browser navigates to sign out.' }),
  client_id: z.string().optional().meta({ description: 'Of a bearer token.' }),
  permissions: z.array(z.string()).optional().meta({ description: 'Of a bearer token.' }),
});

export const signOutBody = z.strictObject({
  return_to: z.string().max(1024).optional(),
  federated: z.boolean().optional(),
  refresh_token: z.string().min(1).max(4096).optional(),
});
export type SignOutBody = z.output<typeof signOutBody>;

export const signOutReply = z.object({
  signout_url: z
    .string()
    .nullable()
    .meta({ description: 'Where to send the browser to end its session at the tenant, if it has one.' }),
});

const parameter = z.string().max(4096).optional().catch(undefined);

export const signOutQuery = z.object({ sid: parameter, return_to: parameter });
export const signedOutQuery = z.object({ to: parameter });

export const sessionList = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      device: z.string(),
      ip: z.string(),
      created_at: instant,
      last_seen_at: instant,
      current: z.boolean(),
    }),
  ),
});

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

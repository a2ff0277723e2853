import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import type { Session } from './session.ts';

/** ISO 8601. */
export const instant = z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' });
const text = z.string().optional().catch(undefined);

/** The signed-in user, from the claims of the ID token; invalid claims are left out. */
export const sessionUser = z
  .object({
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
  })
  .meta({ id: 'gatehouse.User' });

export const toUser = (subject: string, claims: Claims): z.output<typeof sessionUser> =>
  sessionUser.parse({ ...claims, id: subject });

const times = {
  expires_at: instant.meta({ description: 'When the session ends at the latest.' }),
  idle_expires_at: instant.meta({ description: 'When the session ends unless it is used.' }),
};

export const toTime = (ms: number): string => new Date(ms).toISOString();

/** When a session ends. */
export const toTimes = ({ endsAtMs, idleEndsAtMs }: Session) => ({
  expires_at: toTime(endsAtMs),
  idle_expires_at: toTime(idleEndsAtMs),
});

/** The response of a sign-in in session mode. */
export const signedInReply = z
  .object({ user: sessionUser, session: z.object(times).meta({ id: 'gatehouse.SessionTimes' }) })
  .meta({ id: 'gatehouse.SignedIn' });

export const toSignedInReply = (session: Session): z.output<typeof signedInReply> => ({
  user: toUser(session.subject, session.claims),
  session: toTimes(session),
});

/** The response of a sign-in in token mode (RFC 6749 §5.1). */
export const tokenReply = z
  .object({
    access_token: z.string(),
    token_type: z.string().meta({ example: 'Bearer' }),
    expires_in: z.number().int().meta({ description: 'Seconds.' }),
    scope: z.string().optional(),
    id_token: z.string().optional(),
    refresh_token: z.string().optional(),
  })
  .meta({ id: 'gatehouse.Tokens' });

/** The response of a sign-in in either mode. */
export const signInReply = z.union([signedInReply, tokenReply]).meta({
  id: 'gatehouse.SignInResult',
  unionOneOf: true,
  description: 'A session, or tokens in token mode.',
});

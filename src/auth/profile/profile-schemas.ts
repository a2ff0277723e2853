import { z } from 'zod';
import type { ManagedUser } from '../../auth0/managed-users.ts';
import { email, metadataChange, profileFields } from '../../auth0/user-fields.ts';
import { sessionUser } from '../../session/signed-in-reply.ts';

export const profileBody = z
  .strictObject({ ...profileFields, user_metadata: metadataChange.optional() })
  .refine((change) => Object.keys(change).length > 0, { message: 'give at least one field to change' })
  .meta({ id: 'gatehouse.ProfileChange', example: { nickname: 'Ada', user_metadata: { theme: 'dark' } } });

export const verificationBody = z
  .strictObject({ email })
  .meta({ id: 'gatehouse.EmailVerification', example: { email: 'ada@example.com' } });

export const profileReply = z
  .object({
    user: sessionUser
      .extend({ user_metadata: z.record(z.string(), z.unknown()) })
      .meta({ id: 'gatehouse.ProfileUser' }),
  })
  .meta({ id: 'gatehouse.Profile' });

/** The part of a user's profile that they may see: without `app_metadata`. */
export const toProfile = ({
  user_id: id,
  user_metadata,
  ...known
}: ManagedUser): z.input<typeof profileReply> => ({
  user: { ...toGiven(known), id, user_metadata: user_metadata ?? {} },
});

/** Removes fields that are null. */
const toGiven = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

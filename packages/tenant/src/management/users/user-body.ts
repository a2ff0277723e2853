import { z } from 'zod';
import { isEmailAddress, isPhoneNumber } from '../../users/addresses.ts';

const format = (name: string) => `Object didn't pass validation for format ${name}`;
const text = z.string().min(1, 'String is too short').max(300, 'String is too long (max length is 300)');
const metadata = z
  .record(z.string().max(250), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 16_000, 'Metadata is too large (16 KB)');

const email = z
  .string()
  .refine(isEmailAddress, format('email'))
  .transform((value) => value.toLowerCase());
const phoneNumber = z.string().refine(isPhoneNumber, format('phone-number'));

const picture = z.url({ protocol: /^https?$/, error: format('strict-uri') }).max(2000);

/** Members that both create and update accept. */
const profile = {
  email: email.optional(),
  phone_number: phoneNumber.optional(),
  email_verified: z.boolean().optional(),
  phone_verified: z.boolean().optional(),
  verify_email: z.boolean().optional(),
  verify_phone_number: z.boolean().optional(),
  username: z.string().min(1).max(128).optional(),
  password: z.string().min(1).max(256).optional(),
  blocked: z.boolean().optional(),
};

export const createUserBody = z.strictObject({
  ...profile,
  connection: z.string().min(1),
  user_id: z.string().min(1).max(255).optional(),
  given_name: text.optional(),
  family_name: text.optional(),
  name: text.optional(),
  nickname: text.optional(),
  picture: picture.optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
});
export type CreateUserBody = z.output<typeof createUserBody>;

/** `null` removes a member or resets it to its default. */
export const updateUserBody = z.strictObject({
  ...profile,
  email: email.nullish(),
  phone_number: phoneNumber.nullish(),
  username: profile.username.nullable(),
  password: profile.password.nullable(),
  connection: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  given_name: text.nullish(),
  family_name: text.nullish(),
  name: text.nullish(),
  nickname: text.nullish(),
  picture: picture.nullish(),
  user_metadata: metadata.nullish(),
  app_metadata: metadata.nullish(),
});
export type UpdateUserBody = z.output<typeof updateUserBody>;

import { z } from 'zod';

const MAX_EMAIL = 254;
const MAX_PASSWORD = 1024;
const MAX_METADATA_KEYS = 10;

const isPrintable = (text: string): boolean => !/\p{Cc}/u.test(text);

/** A single line of text. */
export const printable = (max: number) =>
  z.string().min(1).max(max).refine(isPrintable, 'must not contain control characters');

/** A plain local part and a domain of labels, in any script; quoted parts and comments (RFC 5322) are refused. */
const EMAIL_PATTERN =
  /^[^\s@"(),:;<>[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

/** An e-mail address. */
export const email = z
  .email({ pattern: EMAIL_PATTERN })
  .max(MAX_EMAIL)
  .refine(isPrintable, 'must not contain control characters')
  .meta({ example: 'ada@example.com' });

/** A phone number in international form (E.164). */
export const phoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in international form, such as +15550100200')
  .meta({ example: '+15550100200' });

/** Sent to the tenant unchanged; the tenant's policy decides which passwords are strong enough. */
export const password = z
  .string()
  .min(1)
  .max(MAX_PASSWORD)
  .meta({ format: 'password', example: 'Correct-Horse-9' });

const metadataName = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'is not allowed as a name');

/** The value of a metadata entry that users may change themselves. */
export const metadataText = z.string().max(500);
/** Metadata with values of the schema. */
export const metadataOf = <V extends z.ZodType>(value: V, max = MAX_METADATA_KEYS) =>
  z
    .record(metadataName, value)
    .refine((fields) => Object.keys(fields).length <= max, `at most ${max} entries`);

/** `null` removes an entry. */
export const metadataChange = metadataOf(metadataText.nullable());

/** The profile fields that users may set themselves. */
export const profileFields = {
  given_name: printable(150).optional(),
  family_name: printable(150).optional(),
  name: printable(300).optional(),
  nickname: printable(300).optional(),
  picture: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
};

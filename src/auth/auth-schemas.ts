import { z } from 'zod';

const MAX_EMAIL = 254;
const MAX_PASSWORD = 1024;
const MAX_METADATA_KEYS = 10;

const isPrintable = (text: string): boolean => !/\p{Cc}/u.test(text);

const printable = (max: number) =>
  z.string().min(1).max(max).refine(isPrintable, 'must not hold control characters');

/** A plain local part and a domain of labels, in any script; quoted parts and comments (RFC 5322) are refused. */
const EMAIL_PATTERN =
  /^[^\s@"(),:;<>[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

export const email = z
  .email({ pattern: EMAIL_PATTERN })
  .max(MAX_EMAIL)
  .refine(isPrintable, 'must not hold control characters')
  .meta({ example: 'ada@example.com' });

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

const username = printable(128);

/** Example credentials for sign-up and sign-in. */
const CREDENTIALS = { email: 'ada@example.com', password: 'Correct-Horse-9' };

const metadataName = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'is not allowed as a name');

const metadataText = z.string().max(500);
const toMetadata = <V extends z.ZodType>(value: V) =>
  z
    .record(metadataName, value)
    .refine(
      (fields) => Object.keys(fields).length <= MAX_METADATA_KEYS,
      `at most ${MAX_METADATA_KEYS} entries`,
    );

/** `null` removes an entry. */
export const metadataChange = toMetadata(metadataText.nullable());

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

export const signUpBody = z
  .strictObject({
    email,
    password,
    username: username.optional(),
    ...profileFields,
    user_metadata: toMetadata(metadataText).optional(),
  })
  .meta({ id: 'gatehouse.SignUp', example: CREDENTIALS });
export type SignUpBody = z.output<typeof signUpBody>;

const scope = z
  .string()
  .min(1)
  .max(2000)
  .regex(
    /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/,
    'must be a space-separated list (RFC 6749 §3.3)',
  );
export const mode = z
  .enum(['session', 'token'])
  .meta({ description: 'Default: a session for browsers, tokens for other callers.' });

export const signInBody = z
  .strictObject({
    email: email.optional(),
    username: username.optional(),
    password,
    scope: scope.optional(),
    audience: z.string().min(1).max(500).optional(),
    mode: mode.optional(),
  })
  .refine((body) => (body.email === undefined) !== (body.username === undefined), {
    path: ['email'],
    message: 'give either an email or a username',
  })
  .meta({ id: 'gatehouse.SignIn', example: CREDENTIALS });
export type SignInBody = z.output<typeof signInBody>;

export const forgotPasswordBody = z
  .strictObject({ email })
  .meta({ id: 'gatehouse.ForgotPassword', example: { email: CREDENTIALS.email } });

export const changePasswordBody = z
  .strictObject({ current_password: password, new_password: password })
  .meta({
    id: 'gatehouse.ChangePassword',
    example: { current_password: CREDENTIALS.password, new_password: 'Another-Horse-7' },
  });
export type ChangePasswordBody = z.output<typeof changePasswordBody>;

export const refreshBody = z
  .strictObject({
    refresh_token: z.string().min(1).max(4096).optional(),
    scope: scope.optional(),
  })
  .meta({ id: 'gatehouse.Refresh', example: {} });
export type RefreshBody = z.output<typeof refreshBody>;

const newUser = z
  .object({
    id: z
      .string()
      .optional()
      .meta({ description: 'The `sub` of this user; left out where existing accounts are concealed.' }),
    email: z.string(),
    email_verified: z.boolean().optional(),
    username: z.string().optional(),
    given_name: z.string().optional(),
    family_name: z.string().optional(),
    name: z.string().optional(),
    nickname: z.string().optional(),
    picture: z.string().optional(),
    user_metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'gatehouse.NewUser' });

export const signUpReply = z.object({ user: newUser }).meta({ id: 'gatehouse.SignedUp' });

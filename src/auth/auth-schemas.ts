import { z } from 'zod';
import { email, metadataOf, metadataText, password, printable, profileFields } from '../auth0/user-fields.ts';

const username = printable(128);

/** Example credentials for sign-up and sign-in. */
const CREDENTIALS = { email: 'ada@example.com', password: 'Correct-Horse-9' };

export const signUpBody = z
  .strictObject({
    email,
    password,
    username: username.optional(),
    ...profileFields,
    user_metadata: metadataOf(metadataText).optional(),
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

import { z } from 'zod';
import { FACTOR_TYPES } from '../../auth0/mfa.ts';
import { email, phoneNumber } from '../../auth0/user-fields.ts';
import { signedInReply, tokenReply } from '../../session/signed-in-reply.ts';
import { mode } from '../auth-schemas.ts';

const MAX_HANDLE = 8192;

const HANDLE_EXAMPLE = 'the mfa_handle of the sign-in';

const mfa_handle = z.string().min(1).max(MAX_HANDLE).meta({
  description: 'The `mfa_handle` of the `mfa_required` response.',
  example: HANDLE_EXAMPLE,
});

export const handleHeader = z.object({ 'X-MFA-Handle': mfa_handle });

export const associateBody = z
  .discriminatedUnion('type', [
    z.strictObject({ mfa_handle, type: z.enum(['otp', 'push']) }),
    z.strictObject({ mfa_handle, type: z.enum(['sms', 'voice']), phone_number: phoneNumber }),
    z.strictObject({ mfa_handle, type: z.literal('email'), email: email.optional() }),
  ])
  .meta({
    id: 'gatehouse.EnrolFactor',
    description: 'Without `email`, the address of the account is enrolled.',
    example: { mfa_handle: HANDLE_EXAMPLE, type: 'otp' },
  });
export type AssociateBody = z.output<typeof associateBody>;

export const challengeBody = z
  .strictObject({
    mfa_handle,
    type: z.enum(FACTOR_TYPES),
    authenticator_id: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: 'Default: the first factor of this type.' }),
  })
  .meta({ id: 'gatehouse.ChallengeFactor', example: { mfa_handle: HANDLE_EXAMPLE, type: 'otp' } });
export type ChallengeBody = z.output<typeof challengeBody>;

const oob_code = z
  .string()
  .max(4096)
  .regex(/^[\x21-\x7e]+$/, 'must be an oob_code of /v1/auth/mfa/challenge or /v1/auth/mfa/associate');

export const verifyBody = z
  .strictObject({
    mfa_handle,
    otp: z
      .string()
      .regex(/^\d{6,8}$/, 'must be the digits that the app shows')
      .optional()
      .meta({ description: 'The code of an authenticator app.' }),
    oob_code: oob_code.optional().meta({ description: 'The `oob_code` of the challenge or the enrolment.' }),
    binding_code: z
      .string()
      .regex(/^[A-Za-z0-9]{4,16}$/, 'must be the code that was sent')
      .optional()
      .meta({ description: 'The code that was sent; leave it out for a push.' }),
    recovery_code: z
      .string()
      .regex(/^[A-Za-z0-9 -]{8,64}$/, 'must be a recovery code')
      .optional(),
    mode: mode.optional(),
  })
  .refine(
    ({ otp, oob_code: oob, recovery_code }) =>
      [otp, oob, recovery_code].filter((proof) => proof !== undefined).length === 1,
    { path: ['otp'], message: 'give one of otp, oob_code and recovery_code' },
  )
  .refine(({ oob_code: oob, binding_code }) => binding_code === undefined || oob !== undefined, {
    path: ['binding_code'],
    message: 'requires an oob_code',
  })
  .meta({ id: 'gatehouse.VerifyFactor', example: { mfa_handle: HANDLE_EXAMPLE, otp: '123456' } });
export type VerifyBody = z.output<typeof verifyBody>;

const authenticator = z
  .object({
    id: z.string().meta({ example: 'totp|dev_1a2b3c4d' }),
    type: z.enum([...FACTOR_TYPES, 'recovery_code']),
    active: z.boolean().meta({ description: 'Whether the factor is confirmed.' }),
    name: z.string().optional().meta({ description: 'The masked e-mail address or phone number.' }),
  })
  .meta({ id: 'gatehouse.Authenticator' });

export const authenticatorList = z
  .object({ authenticators: z.array(authenticator) })
  .meta({ id: 'gatehouse.AuthenticatorList' });

const bindingMethod = z
  .literal('prompt')
  .optional()
  .meta({ description: 'Present where a code was sent, which goes into `binding_code`.' });

export const enrolmentReply = z
  .object({
    type: z.enum(FACTOR_TYPES),
    secret: z
      .string()
      .optional()
      .meta({ description: 'The secret in Base32, for users who cannot scan the QR code.' }),
    otpauth_uri: z.string().optional(),
    qr_svg: z.string().optional().meta({ description: 'The `otpauth_uri` as a QR code: an SVG document.' }),
    oob_code: z.string().optional(),
    binding_method: bindingMethod,
    recovery_codes: z
      .array(z.string())
      .optional()
      .meta({ description: 'Only with the first factor of a user. Show it once.' }),
  })
  .meta({ id: 'gatehouse.FactorEnrolment' });

export const challengeReply = z
  .object({
    type: z.enum(FACTOR_TYPES),
    authenticator_id: z.string().optional(),
    oob_code: z.string().optional(),
    binding_method: bindingMethod,
  })
  .meta({ id: 'gatehouse.FactorChallenge' });

const nextRecoveryCode = {
  recovery_code: z
    .string()
    .optional()
    .meta({ description: 'The new recovery code, after one was used. Show it once.' }),
};
export const verifiedReply = z
  .union([
    signedInReply.extend(nextRecoveryCode).meta({ id: 'gatehouse.SignedInByFactor' }),
    tokenReply.extend(nextRecoveryCode).meta({ id: 'gatehouse.TokensByFactor' }),
  ])
  .meta({
    id: 'gatehouse.FactorResult',
    unionOneOf: true,
    description: 'A session, or tokens in token mode.',
  });
export const pendingReply = z
  .object({ status: z.literal('pending') })
  .meta({ id: 'gatehouse.FactorPending' });

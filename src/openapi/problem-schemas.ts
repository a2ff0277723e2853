import { z } from 'zod';
import { ERROR_TABLE, type ErrorCode } from '../errors.ts';

// The keys of an object literal are of the type's own keys.
const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

const errorCode = z
  .enum(CODES)
  .meta({ id: 'gatehouse.ErrorCode', description: 'Stable code for programs; never renamed.' });

export const problem = z
  .looseObject({
    type: z.string().meta({ description: 'URL of the description of this code.' }),
    title: z.string().meta({ description: 'What happened.' }),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What the caller can do about it.' }),
    code: errorCode,
    request_id: z.string().meta({ description: 'The request ID, as in the log.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields that are not valid, with `validation_failed`.' }),
    retry_after: z.number().int().optional().meta({ description: 'Seconds, as in `Retry-After`.' }),
  })
  .meta({ id: 'gatehouse.Problem', description: 'Problem details (RFC 9457).' });

const mfaRequired = z
  .looseObject({
    ...problem.shape,
    code: z.literal('mfa_required'),
    mfa_handle: z.string().meta({ description: 'Opaque value that continues the sign-in.' }),
    expires_in: z.number().int().meta({ description: 'Lifetime of the handle, in seconds.' }),
    factors: z.array(z.object({ type: z.string(), enrolled: z.boolean() })),
  })
  .meta({ id: 'gatehouse.MfaRequired' });

const weakPassword = z
  .looseObject({
    ...problem.shape,
    code: z.literal('weak_password'),
    reason: z.enum(['strength', 'dictionary', 'personal_info', 'history', 'leaked']),
    rules: z
      .array(z.object({ code: z.string(), message: z.string(), satisfied: z.boolean() }))
      .optional()
      .meta({ description: 'Only with the reason `strength`.' }),
  })
  .meta({ id: 'gatehouse.WeakPassword' });

/** Problems with additional members, by code. */
export const PROBLEMS_BY_CODE: Partial<
  Record<ErrorCode, { readonly id: string; readonly schema: z.ZodType }>
> = {
  mfa_required: { id: 'MfaRequired', schema: mfaRequired },
  weak_password: { id: 'WeakPassword', schema: weakPassword },
};

export const oauthError = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'gatehouse.OAuthError', description: 'RFC 6749 §5.2.' });

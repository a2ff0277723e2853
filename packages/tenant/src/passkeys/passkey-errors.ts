import { oauthError, WireError } from '../wire/errors.ts';

/** The same response for every invalid ceremony; the log has the reason. */
export const invalidPasskey = (reason: string, userId?: string): WireError =>
  new WireError(
    403,
    { error: 'invalid_grant', error_description: 'Invalid passkey.' },
    `Invalid passkey: ${reason}`,
    { userId },
  );

/** The error of a sign-up, which has the shape of `/dbconnections`, as an OAuth error. */
export function toSignUpError(error: unknown): unknown {
  if (!(error instanceof WireError) || typeof error.body !== 'object') return error;
  const code: unknown = Reflect.get(error.body, 'code');
  if (code === undefined && 'error_description' in error.body) return error;
  return oauthError(
    400,
    code === 'extensibility_error' ? code : 'invalid_request',
    error.message,
    error.options,
  );
}

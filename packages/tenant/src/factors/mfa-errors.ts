import { oauthError } from '../wire/errors.ts';

export const malformedToken = (status: 401 | 403) =>
  oauthError(status, 'invalid_grant', 'Malformed mfa_token');
export const expiredToken = (status: 401 | 403) =>
  oauthError(status, 'expired_token', 'mfa_token is expired');
export const otherClientsToken = () =>
  oauthError(400, 'invalid_request', 'mfa_token not issued to this client');

export const invalidOtp = (userId: string) =>
  oauthError(403, 'invalid_grant', 'Invalid otp_code.', { userId });
export const invalidBindingCode = (userId: string) =>
  oauthError(403, 'invalid_grant', 'Invalid binding_code.', { userId });
export const invalidRecoveryCode = (userId: string) =>
  oauthError(403, 'invalid_grant', 'MFA Authorization rejected.', { userId });

export const tooManyCodes = (userId: string) =>
  oauthError(429, 'too_many_attempts', 'Too many failed codes. Wait for some minutes before retrying.', {
    userId,
    hint: 'mfa_tries',
  });

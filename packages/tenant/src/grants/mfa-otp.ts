import { proveOtp } from '../factors/prove-otp.ts';
import { mfaGrant } from './mfa-grant.ts';

/** Auth0's extension: a code of an authenticator app as second factor, or as proof that one has been set up. */
export const mfaOtp = mfaGrant({ success: 'seotpft', failure: 'feotpft' }, ['otp'], (context, holder, body) =>
  proveOtp(context, holder, body.required('otp')),
);

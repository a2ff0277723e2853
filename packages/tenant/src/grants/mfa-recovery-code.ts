import { proveRecoveryCode } from '../factors/recovery-codes.ts';
import { mfaGrant } from './mfa-grant.ts';

/** Auth0's extension: the recovery code as second factor. The reply carries the next one. */
export const mfaRecoveryCode = mfaGrant(
  { success: 'sercft', failure: 'fercft' },
  ['recovery_code'],
  (context, holder, body) => proveRecoveryCode(context, holder, body.required('recovery_code')),
  (proof) => ('nextCode' in proof ? { recovery_code: proof.nextCode } : {}),
);

import { proveOob } from '../factors/prove-oob.ts';
import { mfaGrant } from './mfa-grant.ts';

/** Auth0's extension: a code that was sent, or a push that was answered. Clients poll it while a push waits. */
export const mfaOob = mfaGrant(
  { success: 'seoobft', failure: 'feoobft' },
  ['oob_code'],
  (context, holder, body) => proveOob(context, holder, body.required('oob_code'), body.text('binding_code')),
);

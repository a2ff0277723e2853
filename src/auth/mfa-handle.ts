import type { MfaChallenge } from '../auth0/token-answer.ts';
import { GatewayError } from '../errors.ts';
import type { Sealer } from '../lib/sealed.ts';

const LIFETIME_S = 300;

/** What a sign-in that waits for its second factor goes on with. */
export interface PendingSignIn {
  readonly audience?: string | undefined;
  readonly scope?: string | undefined;
  /** As the user typed it. */
  readonly username?: string | undefined;
}

export type RequireSecondFactor = (challenge: MfaChallenge, pending: PendingSignIn) => GatewayError;

/** Makes the 403 `mfa_required`: the tenant's token goes into a sealed handle and is never shown. */
export const createMfaHandles =
  (sealer: Sealer, nowS: () => number): RequireSecondFactor =>
  ({ mfa_token, factors }, pending) =>
    new GatewayError('mfa_required', {
      members: {
        mfa_handle: sealer.seal({ ...pending, mfa_token, expires_at: nowS() + LIFETIME_S }),
        expires_in: LIFETIME_S,
        factors,
      },
    });

import type { Authenticator } from '../state/factor-documents.ts';
import { activateEnrolment, enrolledBy } from './authenticators.ts';
import { invalidOtp } from './mfa-errors.ts';
import { type Deps, isAccepted, type Proof, type Prover, tryOnce } from './proof.ts';
import { findTotpStep } from './totp.ts';

/**
 * Verifies a code of the user's authenticator app. Each time step is accepted once, and then no earlier one (RFC 6238
 * §5.2). One synchronous step.
 */
export function proveOtp(deps: Deps, prover: Prover, code: string): Proof {
  const { user } = prover;
  return tryOnce(deps, prover, 'otp', (): Proof => {
    const now = deps.clock.now();
    for (const own of enrolledBy(deps, user)) {
      if (own.secret === undefined || !isAccepted(deps, prover, own)) continue;
      const step = findTotpStep(own.secret, code, now);
      if (step === undefined || step <= (own.last_step ?? -1)) continue;
      accept(deps, prover, { ...own, last_step: step });
      return {};
    }
    return { refusal: invalidOtp(user.user_id) };
  });
}

/** Records a successful use of an authenticator, and confirms it if it was unconfirmed. */
export function accept({ state, clock, log }: Deps, { user, clientId }: Prover, own: Authenticator): void {
  const about = { user_id: user.user_id, client_id: clientId };
  const last_auth_at = new Date(clock.now()).toISOString();
  // The authenticator of a verified e-mail address is not stored.
  if (state.authenticators.get(own.id)) state.authenticators.put({ ...own, active: true, last_auth_at });
  if (!own.active) {
    activateEnrolment({ state }, own);
    log.record({ type: 'gd_enrollment_complete', ...about });
  }
  log.record({ type: 'gd_auth_succeed', ...about });
}

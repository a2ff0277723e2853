import { digest } from '../lib/random.ts';
import type { Authenticator, MfaChallenge } from '../state/factor-documents.ts';
import { missingParameter, oauthError } from '../wire/errors.ts';
import { enrolledBy, verifiedEmailOf } from './authenticators.ts';
import { invalidBindingCode } from './mfa-errors.ts';
import { type Deps, isAccepted, type Proof, type Prover, tryOnce } from './proof.ts';
import { accept } from './prove-otp.ts';

/** The minimum interval between polls of a push. */
const POLL_EVERY_MS = 1000;

const malformed = () => ({ refusal: oauthError(403, 'invalid_grant', 'Malformed oob_code') });
const pending = () => ({
  refusal: oauthError(
    400,
    'authorization_pending',
    'Authorization pending: please repeat the request in a few seconds.',
  ),
});
const slowDown = () => ({
  refusal: oauthError(400, 'slow_down', 'You are polling too quickly. Please slow down.'),
});

/** Verifies the challenge of an `oob_code`, in one synchronous step. */
export function proveOob(
  deps: Deps,
  prover: Prover,
  oobCode: string,
  bindingCode: string | undefined,
): Proof {
  const challenge = deps.state.mfaChallenges.get(digest(oobCode));
  return challenge ? proveChallenge(deps, prover, challenge, bindingCode) : malformed();
}

/** Verifies a sent code or the response to a push, in one synchronous step. */
export function proveChallenge(
  deps: Deps,
  prover: Prover,
  challenge: MfaChallenge,
  bindingCode: string | undefined,
): Proof {
  if (challenge.holder !== prover.holder || challenge.user_id !== prover.user.user_id)
    return { refusal: oauthError(400, 'invalid_request', "The oob_code doesn't match the mfa_token") };
  if (challenge.expires_ms <= deps.clock.now())
    return { refusal: oauthError(403, 'expired_token', 'oob_code is expired') };
  const own = authenticatorOf(deps, prover, challenge);
  if (!own) return malformed();
  return challenge.code_digest === undefined
    ? proveByAnswer(deps, prover, challenge, own)
    : proveByCode(deps, prover, challenge, own, bindingCode);
}

function authenticatorOf(deps: Deps, prover: Prover, challenge: MfaChallenge): Authenticator | undefined {
  const enrolled = enrolledBy(deps, prover.user);
  const own = [...enrolled, verifiedEmailOf(prover.user, enrolled)].find(
    (candidate) => candidate?.id === challenge.authenticator_id,
  );
  return own && isAccepted(deps, prover, own) ? own : undefined;
}

function proveByCode(
  deps: Deps,
  prover: Prover,
  challenge: MfaChallenge,
  own: Authenticator,
  code: string | undefined,
): Proof {
  if (code === undefined) return { refusal: missingParameter('binding_code') };
  return tryOnce(deps, prover, 'otp', (): Proof => {
    if (digest(code) !== challenge.code_digest) return { refusal: invalidBindingCode(prover.user.user_id) };
    return completeChallenge(deps, prover, challenge, own);
  });
}

function proveByAnswer(deps: Deps, prover: Prover, challenge: MfaChallenge, own: Authenticator): Proof {
  const { state, clock } = deps;
  if (challenge.answer === 'approved') return completeChallenge(deps, prover, challenge, own);
  if (challenge.answer === 'rejected') {
    const about = { userId: prover.user.user_id };
    return { refusal: oauthError(400, 'access_denied', 'MFA Authorization rejected.', about) };
  }
  const now = clock.now();
  if (challenge.polled_ms !== undefined && now - challenge.polled_ms < POLL_EVERY_MS) return slowDown();
  state.mfaChallenges.put({ ...challenge, polled_ms: now });
  return pending();
}

function completeChallenge(deps: Deps, prover: Prover, challenge: MfaChallenge, own: Authenticator): Proof {
  deps.state.mfaChallenges.remove(challenge.id);
  accept(deps, prover, own);
  return {};
}

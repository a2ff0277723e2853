import type { Proof } from '../factors/proof.ts';
import { proveChallenge } from '../factors/prove-oob.ts';
import { proveOtp } from '../factors/prove-otp.ts';
import { makeFirstRecoveryCode, proveRecoveryCode } from '../factors/recovery-codes.ts';
import { newRecoveryCodePage } from '../pages/recovery-code-page.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import { oauthError, type WireError } from '../wire/errors.ts';
import type { TenantReply } from '../wire/row.ts';
import type { FactorSignIn } from './factor-sign-in.ts';
import { challengeFor, type Problem, showFactor } from './show-factor.ts';

type Reply = TenantReply | Promise<TenantReply>;

const WRITING_DOWN_MS = 3600 * 1000;

/** Verifies a user's input for a factor: shows the page again if it is wrong, otherwise continues the sign-in. */
export function proveOnPage(
  signIn: FactorSignIn,
  own: Authenticator,
  askAgain: (problem: Problem) => TenantReply = (problem) => showFactor(signIn, own, { problem }),
): Reply {
  const code = signIn.request.body.text('code');
  const { context, user, step } = signIn;
  const { proof, firstCode } = context.state.transaction(() => {
    // Created before the verification, which confirms it together with the factor.
    const made = step?.kind === 'enrol' ? makeFirstRecoveryCode(context, user) : undefined;
    const result = prove(signIn, own, code);
    if (!result.refusal) storeProof(signIn, own);
    return { proof: result, firstCode: made };
  });
  if (proof.refusal) return askAgain(toProblem(proof.refusal));
  const toKeep = 'nextCode' in proof ? proof.nextCode : firstCode;
  if (toKeep !== undefined) return newRecoveryCodePage({ ...signIn.model, code: toKeep });
  return continueIfProven(signIn) ?? showFactor(signIn, own);
}

function prove(
  signIn: FactorSignIn,
  own: Authenticator,
  code: string | undefined,
): Proof & { nextCode?: string } {
  const { context, prover } = signIn;
  if (own.authenticator_type === 'otp') return proveOtp(context, prover, code ?? '');
  if (own.authenticator_type === 'recovery-code') return proveRecoveryCode(context, prover, code ?? '');
  const challenge = challengeFor(signIn, own);
  // An expired challenge is replaced by a page that reports it.
  if (!challenge) return { refusal: oauthError(403, 'expired_token', 'oob_code is expired') };
  return proveChallenge(context, prover, challenge, code ?? '');
}

/** Stores that the factor has been verified, because a page may follow before the sign-in continues. */
function storeProof({ context, id, user }: FactorSignIn, own: Authenticator): void {
  const { state, clock } = context;
  const method = own.oob_channel ?? own.authenticator_type;
  const amr = [method === 'auth0' ? 'push' : method, 'mfa'];
  const expires_ms = clock.now() + WRITING_DOWN_MS;
  state.factorProofs.put({ id, user_id: user.user_id, amr, expires_ms });
  // A ticket enrols nothing more.
  const ticket = state.enrolmentTickets.get(id);
  if (ticket) state.enrolmentTickets.put({ ...ticket, expires_ms });
}

/**
 * Continues a sign-in or ends an enrolment whose factor its current user has verified. Works once; undefined if the factor has
 * not been verified.
 */
export function continueIfProven({ context, id, user, proceed }: FactorSignIn): Reply | undefined {
  const { state, clock } = context;
  const proof = state.factorProofs.get(id);
  if (!proof) return undefined;
  state.factorProofs.remove(id);
  if (proof.user_id !== user.user_id || proof.expires_ms <= clock.now()) return undefined;
  return proceed(proof.amr);
}

/** Page texts by error code; API clients receive the codes. */
const TEXTS: Readonly<Record<string, string>> = {
  authorization_pending: 'The sign-in has not been approved yet.',
  slow_down: 'The sign-in has not been approved yet.',
  access_denied: 'The sign-in was denied on the device.',
  expired_token: 'The code is no longer valid. We have sent a new one.',
};

function toProblem({ body, message, status }: WireError): Problem {
  const code: unknown = typeof body === 'object' ? Reflect.get(body, 'error') : undefined;
  const isGuess = code === 'invalid_grant';
  const error = isGuess ? 'The code you entered is invalid.' : (TEXTS[String(code)] ?? message);
  return { status: status === 429 ? 429 : 400, error };
}

import type { FactorProof, Mfa } from '../../auth0/mfa.ts';
import type { UserTokens } from '../../auth0/token-answer.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';
import type { CodeLimits } from '../code-limits.ts';
import { HANDLE_LIFETIME_S, type MfaHandle, toAccount } from '../second-factor.ts';
import type { SignInLimits } from '../sign-in-limits.ts';
import type { SignInMode } from '../sign-in-mode.ts';
import { completeSignIn, type SignedIn } from '../signed-in.ts';
import type { VerifyBody } from './mfa-schemas.ts';

export interface VerifyFactorDeps {
  readonly auth0: Pick<Mfa, 'verify'>;
  readonly codes: Pick<CodeLimits, 'guess'>;
  readonly signInLimits: Pick<SignInLimits, 'completed'>;
  readonly replayStore: Pick<ReplayStore, 'isRemembered' | 'remember'>;
  readonly sessions: Pick<Sessions, 'begin'>;
  /** The audience of sign-ins that name none. */
  readonly audience: string;
}

/** The state of the sign-in: completed, or waiting for the answer to a push. */
export type VerifiedFactor =
  | {
      readonly signedIn: SignedIn;
      readonly recoveryCode: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly pendingForS: number };

/**
 * Completes a sign-in with its second factor. A handle works for one sign-in, even if the tenant would accept more.
 * @throws GatewayError `mfa_invalid_code`, `mfa_expired`, `too_many_attempts` for wrong codes of the handle or the account,
 * `access_denied` for a rejected push, `user_blocked`, `store_unavailable`, and the codes of a tenant outage
 */
export async function verifyFactor(
  deps: VerifyFactorDeps,
  handle: MfaHandle,
  mode: SignInMode,
  body: VerifyBody,
  request: RequestInfo,
): Promise<VerifiedFactor> {
  requireSubject(handle, mode);
  const { auth0, codes, signInLimits, replayStore, sessions } = deps;
  const { id, mfaToken, audience = deps.audience, method, identifier } = handle;
  const usedName = `mfa handle ${id}`;
  const guess = await codes.guess(`mfa handle ${id}`, toAccount(handle));
  const { headers } = guess;

  async function prove() {
    if (await replayStore.isRemembered(usedName)) throw new GatewayError('mfa_expired', { reason: 'used' });
    return auth0.verify(mfaToken, toProof(body), request.ip);
  }

  const outcome = await prove().catch(async (error: unknown) => {
    if (!(error instanceof GatewayError)) throw error;
    await (error.code === 'mfa_invalid_code' ? guess.wrong() : guess.notWrong());
    throw error.withHeaders(headers);
  });
  await guess.notWrong();
  if ('pendingForS' in outcome) return outcome;
  const { recovery_code: recoveryCode, ...tokens } = outcome;
  // The tenant has granted the sign-in: an outage of the store must not undo it.
  await replayStore.remember(usedName, HANDLE_LIFETIME_S * 1000).catch(() => undefined);
  if (identifier !== undefined) await signInLimits.completed(identifier, request.ip);
  const granted = { mode, tokens: withContext(tokens, handle), audience, method };
  return { signedIn: await completeSignIn(sessions, granted, request), recoveryCode, headers };
}

/** A session needs a subject, and thus the scope `openid`. Checked before the code is used. */
function requireSubject({ identifier, scope = 'openid' }: MfaHandle, mode: SignInMode): void {
  if (mode === 'token' || identifier === undefined || scope.split(' ').includes('openid')) return;
  const message = 'a session needs a sign-in with the scope openid';
  throw new GatewayError('validation_failed', { errors: [{ path: 'mode', message }] });
}

function toProof({ otp, oob_code, binding_code, recovery_code }: VerifyBody): FactorProof {
  if (otp !== undefined) return { otp };
  if (oob_code !== undefined) return { oob_code, binding_code };
  return { recovery_code: recovery_code ?? '' };
}

/** Adds what was known before the second factor: the requested scope and the `sid` of the tenant's session. */
function withContext(tokens: UserTokens, { scope, sid }: MfaHandle): UserTokens {
  const { claims } = tokens;
  return {
    ...tokens,
    scope: tokens.scope ?? scope,
    ...(claims && sid !== undefined && { claims: { sid, ...claims } }),
  };
}

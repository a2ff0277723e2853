import type { Passwordless, PasswordlessAddress } from '../../auth0/passwordless.ts';
import type { Origins } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { CodeLimits } from '../code-limits.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { foldIdentifier } from '../sign-in-limits.ts';
import { toSignInMode, toSignInScope } from '../sign-in-mode.ts';
import { completeSignIn, type SignedIn } from '../signed-in.ts';
import { toAddress, type VerifyBody } from './passwordless-schemas.ts';

export interface VerifyPasswordlessDeps {
  readonly auth0: Pick<Passwordless, 'verify'>;
  readonly codes: Pick<CodeLimits, 'guess'>;
  readonly origins: Origins;
  readonly sessions: Pick<Sessions, 'begin'>;
  readonly requireSecondFactor: RequireSecondFactor;
  readonly audience: string;
  readonly defaultScope: () => string;
}

/** The normalized form under which the limits count an address. */
export const toAccountName = (to: PasswordlessAddress): string =>
  foldIdentifier('email' in to ? to.email : to.phone_number);

/**
 * Signs a user in with the code that was sent to their address.
 * @throws GatewayError `invalid_code`, `mfa_required`, `too_many_attempts` for wrong codes of the address, `user_blocked`,
 * `access_denied`, `csrf_failed`, `token_mode_refused`, `cross_site_session`, `store_unavailable`, and the codes of a
 * tenant outage
 */
export async function verifyPasswordless(
  deps: VerifyPasswordlessDeps,
  body: VerifyBody,
  request: RequestInfo,
): Promise<{ readonly signedIn: SignedIn; readonly headers: Readonly<Record<string, string>> }> {
  const { auth0, codes, origins, sessions, audience } = deps;
  const mode = toSignInMode(body.mode, origins, request.headers);
  const scope = toSignInScope(deps.defaultScope(), mode);
  const to = toAddress(body);
  const identifier = toAccountName(to);
  const guess = await codes.guess(`address ${identifier}`, undefined);
  const { headers } = guess;
  const outcome = await auth0
    .verify({ to, code: body.code, audience, scope, ip: request.ip })
    .catch(async (error: unknown) => {
      const isWrong = error instanceof GatewayError && error.code === 'invalid_code';
      await (isWrong ? guess.wrong() : guess.notWrong());
      throw error instanceof GatewayError ? error.withHeaders(headers) : error;
    });
  await guess.notWrong();
  const method = 'passwordless';
  if ('mfa_token' in outcome)
    throw deps.requireSecondFactor(outcome, { method, audience, scope, identifier }).withHeaders(headers);
  const tokens = { ...outcome, scope: outcome.scope ?? scope };
  return { signedIn: await completeSignIn(sessions, { mode, tokens, audience, method }, request), headers };
}

import type { z } from 'zod';
import type { Mfa } from '../../auth0/mfa.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { CodeLimits } from '../code-limits.ts';
import type { MfaHandle } from '../second-factor.ts';
import type { ChallengeBody, challengeReply } from './mfa-schemas.ts';

export interface ChallengeFactorDeps {
  readonly auth0: Pick<Mfa, 'listAuthenticators' | 'challengeOtp' | 'challengeOob'>;
  readonly codes: Pick<CodeLimits, 'send'>;
}

export interface ChallengedFactor {
  readonly challenge: z.input<typeof challengeReply>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Starts a challenge for an enrolled factor: sends a code or a push, or expects a code from an authenticator app.
 * @throws GatewayError `mfa_expired`, `rate_limited`, `validation_failed` where the user has no such factor
 */
export async function challengeFactor(
  { auth0, codes }: ChallengeFactorDeps,
  { mfaToken }: MfaHandle,
  { type, authenticator_id: id }: ChallengeBody,
  { ip }: RequestInfo,
): Promise<ChallengedFactor> {
  if (type === 'otp') {
    await auth0.challengeOtp(mfaToken, id);
    return { challenge: { type, authenticator_id: id }, headers: {} };
  }
  // The tenant's default choice does not distinguish the types of out-of-band factors.
  const listed = await auth0.listAuthenticators(mfaToken);
  const found = listed.find((own) => own.active && own.type === type && (id === undefined || own.id === id));
  if (!found) {
    const path = id === undefined ? 'type' : 'authenticator_id';
    throw new GatewayError('validation_failed', {
      errors: [{ path, message: `is not a confirmed factor of this user, of the type ${type}` }],
    });
  }
  const { sent, headers } = await codes.send(`authenticator ${found.id}`, ip, () =>
    auth0.challengeOob(mfaToken, found.id),
  );
  return { challenge: { type, authenticator_id: found.id, ...sent }, headers };
}

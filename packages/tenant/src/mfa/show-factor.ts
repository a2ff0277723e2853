import { byPreference, challengeableOf, enrolledBy, recoveryOf } from '../factors/authenticators.ts';
import { makeChallenge } from '../factors/make-challenge.ts';
import { maskAddress } from '../factors/mask-address.ts';
import { type FactorChoice, mfaChoicePage } from '../pages/mfa-choice-page.ts';
import { mfaCodePage } from '../pages/mfa-code-page.ts';
import { mfaPushPage } from '../pages/mfa-push-page.ts';
import { recoveryCodePage } from '../pages/recovery-code-page.ts';
import type { Authenticator, MfaChallenge } from '../state/factor-documents.ts';
import type { TenantReply } from '../wire/row.ts';
import type { FactorSignIn } from './factor-sign-in.ts';

/** What went wrong with the step before, and the status that says so. */
export interface Problem {
  readonly status: number;
  readonly error: string;
}

/** What a user may be asked for here, the strongest first; while they enrol, what waits to be confirmed. */
export function factorsOf({ context, user, step }: FactorSignIn): Authenticator[] {
  if (step?.kind === 'enrol') return enrolledBy(context, user).filter(({ active }) => !active);
  const recovery = recoveryOf(context, user);
  return [...challengeableOf(context, user).toSorted(byPreference), ...(recovery ? [recovery] : [])];
}

/** The challenge that a sign-in has for an authenticator, as long as it can be answered. */
export function challengeFor(
  { context, transaction }: FactorSignIn,
  own: Authenticator,
): MfaChallenge | undefined {
  const { state, clock } = context;
  return state.mfaChallenges
    .find('holder', transaction.id)
    .find(({ authenticator_id, expires_ms }) => authenticator_id === own.id && expires_ms > clock.now());
}

/** The page that asks for a factor; what it takes is sent where it has not been, or where `anew`. */
export function showFactor(
  signIn: FactorSignIn,
  own: Authenticator,
  { problem, anew = false }: { readonly problem?: Problem; readonly anew?: boolean } = {},
): TenantReply {
  const { context, user, transaction, model, step } = signIn;
  const page = { ...model, ...problem, hidden: { factor: own.id }, otherFactors: hasOthers(signIn) };
  if (own.authenticator_type === 'recovery-code') return recoveryCodePage(page);
  if (own.authenticator_type === 'otp') return mfaCodePage({ ...page, channel: 'otp' });
  if (anew || !challengeFor(signIn, own)) makeChallenge(context, user, own, transaction.id);
  const { oob_channel: channel, address = '' } = own;
  if (channel === 'auth0') return mfaPushPage(page);
  // Who has just typed it need not guess which one it is.
  const recipient = step?.kind === 'enrol' ? address : maskAddress(address);
  return mfaCodePage({ ...page, channel: channel === 'email' ? 'email' : 'sms', recipient });
}

const hasOthers = (signIn: FactorSignIn): boolean =>
  signIn.step?.kind === 'enrol' ? signIn.step.types.length > 1 : factorsOf(signIn).length > 1;

/** The page that lets a user choose among the factors they have. */
export const showChoice = (signIn: FactorSignIn): TenantReply =>
  mfaChoicePage({
    ...signIn.model,
    purpose: 'challenge',
    factors: factorsOf(signIn).map((own) => ({
      id: own.id,
      kind: kindOf(own),
      ...(own.address !== undefined && { detail: maskAddress(own.address) }),
    })),
  });

function kindOf({ authenticator_type, oob_channel }: Authenticator): FactorChoice['kind'] {
  if (authenticator_type !== 'oob') return authenticator_type;
  return oob_channel === undefined || oob_channel === 'auth0' ? 'push' : oob_channel;
}

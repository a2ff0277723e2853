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

/** The error of the previous step, and its HTTP status. */
export interface Problem {
  readonly status: number;
  readonly error: string;
}

/** The factors that can be asked for here, strongest first; during an enrolment, the unconfirmed ones. */
export function factorsOf({ context, user, step }: FactorSignIn): Authenticator[] {
  if (step?.kind === 'enrol') return enrolledBy(context, user).filter(({ active }) => !active);
  const recovery = recoveryOf(context, user);
  return [...challengeableOf(context, user).toSorted(byPreference), ...(recovery ? [recovery] : [])];
}

/** The challenge of a sign-in or enrolment for an authenticator; undefined if there is none or it has expired. */
export function challengeFor({ context, id }: FactorSignIn, own: Authenticator): MfaChallenge | undefined {
  const { state, clock } = context;
  return state.mfaChallenges
    .find('holder', id)
    .find(({ authenticator_id, expires_ms }) => authenticator_id === own.id && expires_ms > clock.now());
}

/** The page that asks for a factor. Sends a challenge if there is none, or again with `resend`. */
export function showFactor(
  signIn: FactorSignIn,
  own: Authenticator,
  { problem, resend = false }: { readonly problem?: Problem; readonly resend?: boolean } = {},
): TenantReply {
  const { context, user, id, model, step } = signIn;
  const page = { ...model, ...problem, hidden: { factor: own.id }, otherFactors: hasOthers(signIn) };
  if (own.authenticator_type === 'recovery-code') return recoveryCodePage(page);
  if (own.authenticator_type === 'otp') return mfaCodePage({ ...page, channel: 'otp' });
  if (resend || !challengeFor(signIn, own)) makeChallenge(context, user, own, id);
  const { oob_channel: channel, address = '' } = own;
  if (channel === 'auth0') return mfaPushPage(page);
  // During an enrolment the user has just typed the address, so it is shown in full.
  const recipient = step?.kind === 'enrol' ? address : maskAddress(address);
  return mfaCodePage({ ...page, channel: channel === 'email' ? 'email' : 'sms', recipient });
}

const hasOthers = (signIn: FactorSignIn): boolean =>
  signIn.step?.kind === 'enrol' ? signIn.step.types.length > 1 : factorsOf(signIn).length > 1;

/** The page that lists the user's factors. */
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

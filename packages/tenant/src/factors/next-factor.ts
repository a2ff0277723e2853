import type { TenantContext } from '../context.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import { challengeableOf, hasEnrolled, recoveryOf } from './authenticators.ts';
import { type FactorType, factorOf, readGuardian, toFactorType } from './guardian.ts';

/** The `acr_values` value that requests a second factor, and the `acr` after it was verified. */
export const MULTI_FACTOR_ACR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** The second factor that a sign-in needs. */
export type FactorStep =
  | {
      readonly kind: 'challenge';
      readonly authenticators: readonly Authenticator[];
      readonly types: readonly FactorType[];
    }
  | { readonly kind: 'enrol'; readonly types: readonly FactorType[] };

export interface FactorQuestion {
  readonly acrValues?: readonly string[] | undefined;
  /** The decision of an Action, which comes before the policy. */
  readonly decided?: 'required' | 'none' | undefined;
  /** The address that the sign-in counts for. */
  readonly ip: string;
}

/**
 * The second factor that a user needs after the first: enrolled users always need one; every user does if the policy is
 * `all-applications` or the client requests it by `acr_values`. With `confidence-score`, enrolled users need one if
 * their address differs from that of the last sign-in.
 */
export function nextFactor(
  context: Pick<TenantContext, 'state'>,
  user: User,
  { acrValues = [], decided, ip }: FactorQuestion,
): FactorStep | undefined {
  if (decided === 'none') return undefined;
  const { policies } = readGuardian(context);
  const always =
    decided === 'required' || policies.includes('all-applications') || acrValues.includes(MULTI_FACTOR_ACR);
  if (!hasEnrolled(context, user)) {
    const types = enrollableTypes(context, user);
    return always && types.length > 0 ? { kind: 'enrol', types } : undefined;
  }
  const trusted = policies.includes('confidence-score') && user.last_ip === ip;
  if (trusted && !always) return undefined;
  const authenticators = challengeableOf(context, user);
  const recovery = recoveryOf(context, user);
  const factors = [...authenticators, ...(recovery ? [recovery] : [])].map(factorOf);
  return { kind: 'challenge', authenticators, types: [...new Set(factors.map(toFactorType))] };
}

/** The factors that a user can enrol. */
export function enrollableTypes(context: Pick<TenantContext, 'state'>, user: User): FactorType[] {
  const { factors, phone_message_types } = readGuardian(context);
  const possible = {
    otp: factors.otp.enabled,
    phone: factors.sms.enabled && phone_message_types.length > 0,
    'push-notification': factors['push-notification'].enabled,
    email: factors.email.enabled && user.email !== undefined,
    'recovery-code': false,
  } as const satisfies Record<FactorType, boolean>;
  // The keys are those of the record.
  return (Object.keys(possible) as FactorType[]).filter((type) => possible[type]);
}

import type { TenantContext } from '../context.ts';
import type { Authenticator, FactorName, Guardian } from '../state/factor-documents.ts';

const enabled = { enabled: true };

/** MFA is not required, and all factors are enabled. */
export const defaultGuardian: Guardian = {
  policies: [],
  factors: {
    otp: enabled,
    sms: enabled,
    email: enabled,
    'push-notification': enabled,
    'recovery-code': enabled,
  },
  phone_message_types: ['sms', 'voice'],
};

export const readGuardian = ({ state }: Pick<TenantContext, 'state'>): Guardian =>
  state.guardian.get() ?? defaultGuardian;

/** The factor names of `mfa_requirements` and the authenticator list. */
export type FactorType = 'otp' | 'phone' | 'email' | 'push-notification' | 'recovery-code';

export const toFactorType = (factor: FactorName): FactorType => (factor === 'sms' ? 'phone' : factor);

const factorsByChannel = {
  sms: 'sms',
  voice: 'sms',
  email: 'email',
  auth0: 'push-notification',
} as const satisfies Record<NonNullable<Authenticator['oob_channel']>, FactorName>;

export function factorOf(
  authenticator: Pick<Authenticator, 'authenticator_type' | 'oob_channel'>,
): FactorName {
  const { authenticator_type, oob_channel } = authenticator;
  if (authenticator_type !== 'oob') return authenticator_type;
  return factorsByChannel[oob_channel ?? 'auth0'];
}

/** Whether the tenant allows a factor: its switch and, for phones, the message types. */
export function isUsable(
  guardian: Guardian,
  authenticator: Pick<Authenticator, 'authenticator_type' | 'oob_channel'>,
): boolean {
  const { oob_channel: channel } = authenticator;
  if (!guardian.factors[factorOf(authenticator)].enabled) return false;
  return channel !== 'sms' && channel !== 'voice' ? true : guardian.phone_message_types.includes(channel);
}

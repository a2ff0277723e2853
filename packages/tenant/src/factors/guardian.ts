import type { TenantContext } from '../context.ts';
import type { Authenticator, FactorName, Guardian } from '../state/factor-documents.ts';

const ENABLED = { enabled: true };

/** MFA is not required, and all factors are enabled. */
export const DEFAULT_GUARDIAN: Guardian = {
  policies: [],
  factors: {
    otp: ENABLED,
    sms: ENABLED,
    email: ENABLED,
    'push-notification': ENABLED,
    'recovery-code': ENABLED,
  },
  phone_message_types: ['sms', 'voice'],
};

export const readGuardian = ({ state }: Pick<TenantContext, 'state'>): Guardian =>
  state.guardian.get() ?? DEFAULT_GUARDIAN;

/** The factor names of `mfa_requirements` and the authenticator list. */
export type FactorType = 'otp' | 'phone' | 'email' | 'push-notification' | 'recovery-code';

export const toFactorType = (factor: FactorName): FactorType => (factor === 'sms' ? 'phone' : factor);

const FACTORS_BY_CHANNEL = {
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
  return FACTORS_BY_CHANNEL[oob_channel ?? 'auth0'];
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

import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import type { Authenticator, OobChannel } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import { enrolledBy } from './authenticators.ts';
import { readGuardian } from './guardian.ts';
import { makeTotpSecret } from './totp.ts';

const PREFIXES = { sms: 'sms', voice: 'voice', email: 'email', auth0: 'push' } as const;

/** What to enrol: an authenticator app, or a channel with its address. */
export type Enrolment =
  | { readonly type: 'otp' }
  | { readonly type: 'oob'; readonly channel: OobChannel; readonly address?: string | undefined };

/**
 * Adds unconfirmed authenticators and replaces unconfirmed ones of the same kind. A phone gets one for text and one for
 * voice; a push gets one for the codes of the same app. Returns the requested one.
 */
export function enrol(
  context: Pick<TenantContext, 'state' | 'clock'>,
  user: User,
  wanted: Enrolment,
): Authenticator {
  const { state, clock } = context;
  const { phone_message_types: messages, factors } = readGuardian(context);
  const enrolment = randomHex(8);
  const { user_id } = user;
  const base = { user_id, active: false, enrolment, created_at: new Date(clock.now()).toISOString() };
  const otp = (): Authenticator => ({
    ...base,
    id: `totp|dev_${randomHex(8)}`,
    authenticator_type: 'otp',
    secret: makeTotpSecret(),
  });
  const oob = (oob_channel: OobChannel, address: string | undefined): Authenticator => ({
    ...base,
    id: `${PREFIXES[oob_channel]}|dev_${randomHex(8)}`,
    authenticator_type: 'oob',
    oob_channel,
    ...(address !== undefined && { address }),
  });
  const made: Authenticator[] = [];
  if (wanted.type === 'otp') made.push(otp());
  else {
    const { channel, address } = wanted;
    made.push(oob(channel, address));
    if (channel === 'auth0' && factors.otp.enabled) made.push(otp());
    const other = channel === 'sms' ? 'voice' : 'sms';
    if ((channel === 'sms' || channel === 'voice') && messages.includes(other))
      made.push(oob(other, address));
  }
  const kinds = new Set(made.map(kindOf));
  for (const own of enrolledBy(context, user))
    if (!own.active && kinds.has(kindOf(own))) state.authenticators.remove(own.id);
  for (const own of made) state.authenticators.put(own);
  // There is always one: the requested one comes first.
  return made[0] as Authenticator;
}

const kindOf = (own: Authenticator): string => own.oob_channel ?? own.authenticator_type;

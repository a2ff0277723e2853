import { recoveryDigest } from '../factors/recovery-codes.ts';
import { randomHex } from '../lib/random.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { SeedInput } from './seed-input.ts';

type SeededFactors = NonNullable<SeedInput['users'][number]['mfa']>;

/** The second factors of a seeded user, all confirmed. */
export function toAuthenticators({ user_id, created_at }: User, mfa: SeededFactors): Authenticator[] {
  const make = (kind: string, more: Partial<Authenticator> & Pick<Authenticator, 'authenticator_type'>) => {
    const id = `${kind}|dev_${randomHex(8)}`;
    return { id, user_id, active: true, enrolment: id, created_at, ...more };
  };
  const made: Authenticator[] = [];
  if (mfa.totp_secret !== undefined)
    made.push(make('totp', { authenticator_type: 'otp', secret: mfa.totp_secret }));
  if (mfa.phone_number !== undefined) {
    const enrolment = randomHex(8);
    for (const oob_channel of ['sms', 'voice'] as const) {
      const address = mfa.phone_number;
      made.push(make(oob_channel, { authenticator_type: 'oob', oob_channel, address, enrolment }));
    }
  }
  if (mfa.email !== undefined)
    made.push(make('email', { authenticator_type: 'oob', oob_channel: 'email', address: mfa.email }));
  if (mfa.recovery_code !== undefined) {
    const code_digest = recoveryDigest(mfa.recovery_code);
    made.push(make('recovery-code', { authenticator_type: 'recovery-code', code_digest }));
  }
  return made;
}

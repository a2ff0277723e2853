import { randomInt } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import { takeFromBucket } from '../limits/bucket.ts';
import type { Authenticator, OobChannel } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import { oauthError } from '../wire/errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock' | 'inbox' | 'log' | 'origin'>;

const TTL_MS = 5 * 60 * 1000;
/** At most ten messages, and one more every six minutes. */
const SENDING = { burst: 10, refillMs: 6 * 60 * 1000 };

/** The event code of a sent challenge, by channel. */
const SENT = {
  sms: 'gd_send_sms',
  voice: 'gd_send_voice',
  email: 'gd_send_email',
  auth0: 'gd_send_pn',
} as const satisfies Record<OobChannel, string>;

export interface MadeChallenge {
  readonly oobCode: string;
  /** Present if the user must type the code that they received. */
  readonly bindingMethod?: 'prompt';
}

const sixDigits = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/**
 * Sends a code or a push to an authenticator. It replaces an earlier challenge of the same `holder` and authenticator.
 * Throws 429 `too_many_attempts` at the rate limit.
 */
export function makeChallenge(
  deps: Deps,
  user: User,
  authenticator: Authenticator,
  holder: string,
): MadeChallenge {
  const { state, clock, inbox, log, origin } = deps;
  const { user_id } = user;
  if (!takeFromBucket(deps, `mfa-send:${user_id}`, SENDING))
    throw oauthError(429, 'too_many_attempts', 'Too many messages. Wait for some minutes before retrying.', {
      userId: user_id,
    });
  const channel = authenticator.oob_channel ?? 'auth0';
  const oobCode = randomToken();
  const base = {
    id: digest(oobCode),
    user_id,
    authenticator_id: authenticator.id,
    holder,
    expires_ms: clock.now() + TTL_MS,
  };
  for (const earlier of state.mfaChallenges.find('holder', holder))
    if (earlier.authenticator_id === authenticator.id) state.mfaChallenges.remove(earlier.id);
  log.record({ type: SENT[channel], user_id });
  if (channel === 'auth0') {
    const secret = randomToken();
    state.mfaChallenges.put({ ...base, answer: 'pending', push_id: digest(secret) });
    const subject = authenticator.active ? 'Was it you who signed in?' : 'Enroll this device?';
    const link = `${origin}/u/mfa-push?ticket=${secret}`;
    inbox.add({ to: user.email ?? user_id, kind: 'mfa_push', subject, link });
    return { oobCode };
  }
  const code = sixDigits();
  state.mfaChallenges.put({ ...base, code_digest: digest(code) });
  inbox.add({ to: authenticator.address ?? '', kind: 'mfa_code', subject: 'Your verification code', code });
  return { oobCode, bindingMethod: 'prompt' };
}

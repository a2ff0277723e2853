import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { PasskeyChallenge } from '../state/factor-documents.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The `timeout` that authenticators get, and how long an `auth_session` is valid, in milliseconds. */
export const CEREMONY_MS = { timeout: 60_000, session: 5 * 60_000 } as const;

/** Stores a new challenge and returns the `auth_session` that names it. */
export function beginCeremony(
  { state, clock }: Deps,
  about: Pick<PasskeyChallenge, 'client_id' | 'connection' | 'account'>,
): { readonly authSession: string; readonly challenge: string } {
  const authSession = randomToken();
  const challenge = randomToken();
  state.passkeyChallenges.put({
    ...about,
    id: digest(authSession),
    challenge,
    expires_ms: clock.now() + CEREMONY_MS.session,
  });
  return { authSession, challenge };
}

/** Removes and returns a challenge: it works once, and only for the client that requested it. */
export function consumeCeremony(
  { state, clock }: Deps,
  clientId: string,
  authSession: string,
): PasskeyChallenge | undefined {
  const id = digest(authSession);
  const found = state.passkeyChallenges.get(id);
  if (found?.client_id !== clientId || !state.passkeyChallenges.remove(id)) return undefined;
  return clock.now() < found.expires_ms ? found : undefined;
}

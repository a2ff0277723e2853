import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { MfaChallenge } from '../state/factor-documents.ts';

type Deps = Pick<TenantContext, 'state' | 'clock' | 'log'>;

const isPending = (challenge: MfaChallenge | undefined, { clock }: Deps): challenge is MfaChallenge =>
  challenge?.answer === 'pending' && challenge.expires_ms > clock.now();

/** The pending push of a link; undefined if it is answered or expired. */
export function findPush(deps: Deps, ticket: string): MfaChallenge | undefined {
  const [challenge] = deps.state.mfaChallenges.find('push_id', digest(ticket));
  return isPending(challenge, deps) ? challenge : undefined;
}

/** Records the response to a push, once. False if the push is not pending. */
export function answerPush(deps: Deps, id: string, approved: boolean): boolean {
  const { state, log } = deps;
  return state.transaction(() => {
    const challenge = state.mfaChallenges.get(id);
    if (!isPending(challenge, deps)) return false;
    state.mfaChallenges.put({ ...challenge, answer: approved ? 'approved' : 'rejected' });
    if (!approved) log.record({ type: 'gd_auth_rejected', user_id: challenge.user_id });
    return true;
  });
}

import type { TenantContext } from '../context.ts';
import { answerPush } from '../factors/answer-push.ts';
import { currentTotp, secondsLeft } from '../factors/totp.ts';
import type { ControlDeps, TotpView } from './control-rows.ts';

/** What the control API shows and does of second factors. */
export function createFactorControl(context: TenantContext): ControlDeps['factors'] {
  const { state, clock } = context;
  return {
    totp(wanted) {
      const now = clock.now();
      return state.authenticators.list().flatMap(({ id, user_id, secret, active }): TotpView[] => {
        const email = state.users.get(user_id)?.email;
        const isWanted = wanted === undefined || wanted === user_id || wanted.toLowerCase() === email;
        if (secret === undefined || !isWanted) return [];
        const code = currentTotp(secret, now);
        return [{ user_id, email, authenticator_id: id, active, code, expires_in_s: secondsLeft(now) }];
      });
    },
    answerPush(userId, approved) {
      const waiting = state.authenticators
        .find('user_id', userId)
        .flatMap(({ id }) => state.mfaChallenges.find('authenticator_id', id))
        .findLast((challenge) => challenge.answer === 'pending');
      return waiting !== undefined && answerPush(context, waiting.id, approved);
    },
  };
}

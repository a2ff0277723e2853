import { GatewayError } from '../errors.ts';
import type { Caller, GuardRule } from '../http/route.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { toChallenges } from './challenges.ts';
import { compileRule } from './requirements.ts';

export interface RuleJudgeDeps {
  readonly clock: Clock;
  /** The origin that callers see, without a trailing slash. */
  readonly publicUrl: string;
}

/**
 * Compiles a row's rule, once, for callers of any kind: what refuses a caller, undefined for one who may pass. 403
 * `insufficient_scope` for a lack of rights, 401 `insufficient_user_authentication` for a step-up (RFC 9470).
 */
export const createRuleJudge =
  ({ clock, publicUrl }: RuleJudgeDeps) =>
  (rule: GuardRule, path: string): ((caller: Caller) => GatewayError | undefined) => {
    const lackOf = compileRule(rule);
    const { insufficientScope, stepUp } = toChallenges(rule, publicUrl, path);
    return (caller) => {
      const lack = lackOf(caller, nowS(clock));
      // The caller is known here, and the audit line says who it was.
      if (lack?.kind === 'rights') {
        const reason = 'insufficient_scope';
        return new GatewayError(reason, { headers: insufficientScope, detail: lack.detail, reason, caller });
      }
      return (
        lack &&
        new GatewayError('insufficient_user_authentication', { headers: stepUp, reason: lack.kind, caller })
      );
    };
  };

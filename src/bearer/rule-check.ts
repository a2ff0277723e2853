import { GatewayError } from '../errors.ts';
import type { Caller, GuardRule } from '../http/route.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { toChallenges } from './challenges.ts';
import { compileRule } from './requirements.ts';

export interface RuleCheckDeps {
  readonly clock: Clock;
  /** The origin that callers see, without a trailing slash. */
  readonly publicUrl: string;
  /** The gateway's own client at the tenant. */
  readonly clientId: string;
}

/**
 * Compiles a row's rule, once, for callers of any kind: what refuses a caller, undefined for one who may pass. 403
 * `insufficient_scope` for a lack of rights, 401 `insufficient_user_authentication` for a step-up (RFC 9470).
 */
export const createRuleCheck =
  ({ clock, publicUrl, clientId }: RuleCheckDeps) =>
  (rule: GuardRule, path: string): ((caller: Caller) => GatewayError | undefined) => {
    const lackOf = compileRule(rule, clientId);
    const { insufficientScope, stepUp } = toChallenges(rule, publicUrl, path);
    const asked = toStepUp(rule);
    return (caller) => {
      const lack = lackOf(caller, nowS(clock));
      // The caller is known here, and the audit line says who it was.
      if (!lack) return undefined;
      if (lack.kind === 'step_up')
        return new GatewayError('insufficient_user_authentication', {
          ...asked,
          headers: stepUp,
          reason: lack.kind,
          caller,
        });
      const code = 'insufficient_scope';
      return new GatewayError(code, {
        headers: insufficientScope,
        detail: lack.detail,
        reason: lack.kind === 'rights' ? code : lack.kind,
        caller,
      });
    };
  };

/** What a new sign-in has to ask for, as the challenge says it: for callers that do not read its header. */
function toStepUp({ max_age, acr }: GuardRule) {
  const members = { ...(max_age !== undefined && { max_age }), ...(acr && { acr_values: acr.join(' ') }) };
  const parameters = Object.entries(members).map(([name, value]) => `${name}=${value}`);
  return { members, detail: `Sign in again with ${parameters.join(' and ')}.` };
}

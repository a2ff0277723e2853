import { GatewayError } from '../errors.ts';
import type { Caller, GuardRule } from '../http/route.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { toChallenges } from './challenges.ts';
import { compileRule } from './requirements.ts';

export interface RuleCheckDeps {
  readonly clock: Clock;
  /** The public origin, without a trailing slash. */
  readonly publicUrl: string;
  /** The gateway's own client at the tenant. */
  readonly clientId: string;
}

/**
 * Compiles a row's rule, for callers of any kind, into a function that returns the refusal of a caller, or undefined: 403
 * `insufficient_scope` for missing rights, 401 `insufficient_user_authentication` for a step-up (RFC 9470).
 */
export const createRuleCheck =
  ({ clock, publicUrl, clientId }: RuleCheckDeps) =>
  (rule: GuardRule, path: string): ((caller: Caller) => GatewayError | undefined) => {
    const lackOf = compileRule(rule, clientId);
    const { insufficientScope, stepUp } = toChallenges(rule, publicUrl, path);
    const required = toStepUp(rule);
    return (caller) => {
      const lack = lackOf(caller, nowS(clock));
      // Errors name the caller for the audit log.
      if (!lack) return undefined;
      if (lack.kind === 'step_up')
        return new GatewayError('insufficient_user_authentication', {
          ...required,
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

/** The parameters of the required sign-in, in the body for callers that do not read the challenge. */
function toStepUp({ max_age, acr }: GuardRule) {
  const members = { ...(max_age !== undefined && { max_age }), ...(acr && { acr_values: acr.join(' ') }) };
  const parameters = Object.entries(members).map(([name, value]) => `${name}=${value}`);
  return { members, detail: `Sign in again with ${parameters.join(' and ')}.` };
}

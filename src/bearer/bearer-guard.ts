import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Caller, MakeGuard } from '../http/route.ts';
import { malformed, noCredentials, toBearerToken } from './authorization.ts';
import { toChallenges } from './challenges.ts';
import type { VerifiedClaims } from './claims-policy.ts';
import { type Refusal, toErrorDescription, toVisibleReason } from './refusal.ts';
import { createRuleCheck, type RuleCheckDeps } from './rule-check.ts';
import type { Verifier } from './verifier.ts';

/** The outcome of a check, for the metrics. */
export type Outcome =
  | 'accepted'
  | 'no_credentials'
  | 'malformed'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'step_up'
  | 'unavailable';

/** Whether a verified token is revoked. `isFresh`: the row requires fresh permissions. One look-up in memory. */
export type IsDenied = (
  token: { readonly subject: string; readonly clientId: string | undefined; readonly issuedAtS: number },
  isFresh: boolean,
) => boolean;

export interface BearerGuardDeps extends RuleCheckDeps {
  readonly verifier: Pick<Verifier, 'verify'>;
  readonly isDenied: IsDenied;
  /** Called after every check; the reason is for the log. */
  readonly onChecked?: (outcome: Outcome, reason?: Refusal) => void;
}

type Challenge = Readonly<Record<string, string>>;

/**
 * Creates guards that authenticate a request by its bearer token. They throw as RFC 6750 §3.1 requires: 401 without
 * credentials, 400 for a malformed header, 401 `invalid_token` with only the reasons that the token's holder may know, 403
 * for missing rights, 401 for a step-up (RFC 9470), 503 without a challenge if the tenant's keys are unavailable.
 */
export function createBearerGuard(deps: BearerGuardDeps): MakeGuard {
  const { verifier, isDenied, publicUrl, onChecked = () => {} } = deps;
  const checkRule = createRuleCheck(deps);

  function recordUnavailable(error: unknown): never {
    onChecked('unavailable');
    throw error;
  }

  return (rule, audience, path) => {
    const refusalOf = checkRule(rule, path);
    const challenges = toChallenges(rule, publicUrl, path);
    const isFresh = rule.fresh_permissions === true;
    // Created once per cause and reused: under a flood, capturing stacks would cost more than the check.
    const refusals = new Map<string, GatewayError>();

    function refuse(
      outcome: Outcome,
      code: ErrorCode,
      toHeaders: (description: string | undefined) => Challenge,
      reason?: Refusal,
    ): never {
      onChecked(outcome, reason);
      const cause = reason ?? outcome;
      const key = `${outcome} ${cause}`;
      let refusal = refusals.get(key);
      if (!refusal) {
        const detail = toVisibleReason(reason);
        const headers = toHeaders(toErrorDescription(reason));
        refusal = new GatewayError(code, { headers, reason: cause, ...(detail !== undefined && { detail }) });
        refusals.set(key, refusal);
      }
      throw refusal;
    }

    const refuseToken = (reason: Refusal): never =>
      refuse('invalid_token', 'invalid_token', challenges.invalidToken, reason);

    function authorize(verified: VerifiedClaims | Refusal): Caller {
      if (typeof verified === 'string') return refuseToken(verified);
      if (!verified.audiences.includes(audience)) return refuseToken('aud');
      if (isDenied(verified.issued, isFresh)) return refuseToken('revoked');
      const refusal = refusalOf(verified.caller);
      if (refusal) {
        onChecked(refusal.code === 'insufficient_scope' ? 'insufficient_scope' : 'step_up');
        throw refusal;
      }
      onChecked('accepted');
      return verified.caller;
    }

    return (request) => {
      const token = toBearerToken(request);
      if (token === noCredentials)
        return refuse('no_credentials', 'unauthenticated', () => challenges.noCredentials);
      if (token === malformed) return refuse('malformed', 'invalid_request', () => challenges.invalidRequest);
      const verified = verifier.verify(token, request.socket);
      return verified instanceof Promise ? verified.then(authorize, recordUnavailable) : authorize(verified);
    };
  };
}

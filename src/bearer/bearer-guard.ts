import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Caller, MakeGuard } from '../http/route.ts';
import { malformed, noCredentials, toBearerToken } from './authorization.ts';
import { toChallenges } from './challenges.ts';
import type { VerifiedClaims } from './claims-policy.ts';
import { type Refusal, toErrorDescription, toVisibleReason } from './refusal.ts';
import { createRuleCheck, type RuleCheckDeps } from './rule-check.ts';
import type { Verifier } from './verifier.ts';

/** How a request was judged, for the metrics. */
export type Outcome =
  | 'accepted'
  | 'no_credentials'
  | 'malformed'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'step_up'
  | 'unavailable';

/** Whether a verified token is no longer accepted; `isFresh` where the row asks for fresh permissions. One look-up in memory. */
export type IsDenied = (
  token: { readonly subject: string; readonly clientId: string | undefined; readonly issuedAtS: number },
  isFresh: boolean,
) => boolean;

export interface BearerGuardDeps extends RuleCheckDeps {
  readonly verifier: Pick<Verifier, 'verify'>;
  readonly isDenied: IsDenied;
  /** Called with every judgement; the reason is for the log. */
  readonly onVerdict?: (outcome: Outcome, reason?: Refusal) => void;
}

type Challenge = Readonly<Record<string, string>>;

/**
 * Makes guards that read the bearer token of a request. They throw what RFC 6750 §3.1 asks for: 401 without
 * credentials, 400 for a malformed header, 401 `invalid_token` with no more of the reason than its holder can see, 403
 * for a lack of rights, 401 for a step-up (RFC 9470), 503 without a challenge where the tenant's keys are not to be had.
 */
export function createBearerGuard(deps: BearerGuardDeps): MakeGuard {
  const { verifier, isDenied, publicUrl, onVerdict = () => {} } = deps;
  const checkRule = createRuleCheck(deps);

  function recordUnavailable(error: unknown): never {
    onVerdict('unavailable');
    throw error;
  }

  return (rule, audience, path) => {
    const refusalOf = checkRule(rule, path);
    const challenges = toChallenges(rule, publicUrl, path);
    const isFresh = rule.fresh_permissions === true;
    // Made once for each cause and thrown again: under a flood, capturing stacks would cost more than judging.
    const refusals = new Map<string, GatewayError>();

    function refuse(
      outcome: Outcome,
      code: ErrorCode,
      toHeaders: (description: string | undefined) => Challenge,
      reason?: Refusal,
    ): never {
      onVerdict(outcome, reason);
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
        onVerdict(refusal.code === 'insufficient_scope' ? 'insufficient_scope' : 'step_up');
        throw refusal;
      }
      onVerdict('accepted');
      return verified.caller;
    }

    return (request) => {
      const token = toBearerToken(request);
      if (token === noCredentials)
        return refuse('no_credentials', 'unauthenticated', () => challenges.noCredentials);
      if (token === malformed) return refuse('malformed', 'invalid_request', () => challenges.invalidRequest);
      const verdict = verifier.verify(token, request.socket);
      return verdict instanceof Promise ? verdict.then(authorize, recordUnavailable) : authorize(verdict);
    };
  };
}

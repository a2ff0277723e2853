import type { Authorization } from '../../auth0/authorization.ts';
import { toDenial } from '../../auth0/denial.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { BegunSession, Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';
import { toLoginPath } from './login-path.ts';
import type { CallbackQuery } from './login-schemas.ts';
import {
  type LoginTransaction,
  type LoginTransactions,
  type TakenTransaction,
  toRetryPath,
} from './login-transaction.ts';

/** How long a used transaction is remembered: as long as a browser may reload its callback. */
const USED_TTL_MS = 24 * 60 * 60 * 1000;
const RETRY_AFTER_S = 5;

export interface FinishLoginDeps {
  readonly auth0: Pick<Authorization, 'exchangeCode'>;
  readonly transactions: LoginTransactions;
  readonly sessions: Pick<Sessions, 'begin' | 'read'>;
  readonly replayStore: Pick<ReplayStore, 'consumeOnce' | 'isRemembered'>;
  readonly returnUrls: ReturnUrls;
  readonly callbackUrl: string;
  readonly issuer: string;
}

export interface FinishedLogin {
  readonly returnTo: string;
  readonly cookies: readonly string[];
  /** Undefined if no session began: `prompt=none` found none, or the callback was used before. */
  readonly session: BegunSession['session'] | undefined;
}

/** Error codes by the tenant's `error` at the redirect (RFC 6749 §4.1.2.1). */
const MEANINGS: ReadonlyMap<string, ErrorCode> = new Map([
  ['access_denied', 'access_denied'],
  ['unauthorized', 'access_denied'],
  ['consent_required', 'access_denied'],
  ['login_required', 'access_denied'],
  ['interaction_required', 'access_denied'],
  ['account_selection_required', 'access_denied'],
  ['server_error', 'tenant_unavailable'],
  ['temporarily_unavailable', 'tenant_unavailable'],
  ['invalid_request', 'tenant_misconfigured'],
  ['invalid_scope', 'tenant_misconfigured'],
  ['unauthorized_client', 'tenant_misconfigured'],
  ['unsupported_response_type', 'tenant_misconfigured'],
]);

/** Errors of `prompt=none` which mean that user interaction is needed (OIDC Core §3.1.2.6). */
const SILENT_REFUSALS = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
]);

function toRefusal(error: string, description: string | undefined): GatewayError {
  const meaning = MEANINGS.get(error);
  const code = meaning ?? 'tenant_error';
  const reason = meaning === undefined ? 'unknown' : error;
  if (code === 'access_denied') return new GatewayError(code, toDenial(description, reason));
  return new GatewayError(code, {
    reason,
    ...(code === 'tenant_unavailable' && { retryAfterS: RETRY_AFTER_S }),
  });
}

const toReplayName = (id: string): string => `login:${id}`;

/** Answers a callback that was used before (double click, reload, back button). Redirects a signed-in browser. */
async function answerUsed(
  { sessions }: FinishLoginDeps,
  returnTo: string,
  cookies: readonly string[],
  request: RequestInfo,
): Promise<FinishedLogin> {
  if (await sessions.read(request.headers)) return { returnTo, cookies, session: undefined };
  throw new GatewayError('state_mismatch', {
    reason: 'used',
    detail: 'It was already used, and this browser is not signed in.',
    retryPath: toLoginPath({ return_to: returnTo }),
  });
}

/**
 * Completes a redirect sign-in: exchanges the code and begins a session, always under a new id.
 * @throws GatewayError `state_mismatch`, `login_expired`, `access_denied`, `invalid_code`, and the codes of a tenant outage
 */
export async function finishLogin(
  deps: FinishLoginDeps,
  query: CallbackQuery,
  request: RequestInfo,
): Promise<FinishedLogin> {
  const { auth0, transactions, sessions, replayStore, returnUrls, callbackUrl, issuer } = deps;
  const known = transactions.recall(query.state);
  const returnTo = (known?.returnTo && returnUrls.toReturnUrl(known.returnTo)) ?? returnUrls.fallback;
  let taken: TakenTransaction;
  try {
    taken = transactions.take(request.headers, query.state);
  } catch (refusal) {
    if (known && (await replayStore.isRemembered(toReplayName(known.id))))
      return answerUsed(deps, returnTo, [], request);
    throw refusal;
  }
  const { transaction, clearCookie } = taken;
  const { id, via, nonce, maxAgeS, organization, audience } = transaction;
  const cookies = [clearCookie];
  try {
    // Mix-up defence: the response must come from our tenant (RFC 9207 §2.4).
    if (query.iss !== undefined && query.iss !== issuer)
      throw new GatewayError('state_mismatch', { reason: 'iss' });
    if (!(await replayStore.consumeOnce(toReplayName(id), USED_TTL_MS)))
      return await answerUsed(deps, returnTo, cookies, request);
    if (query.error !== undefined) {
      if (transaction.isSilent && SILENT_REFUSALS.has(query.error))
        return { returnTo, cookies, session: undefined };
      throw toRefusal(query.error, query.error_description);
    }
    if (query.code === undefined) throw new GatewayError('state_mismatch', { reason: 'no_code' });
    const tokens = await auth0.exchangeCode({
      code: query.code,
      redirectUri: callbackUrl,
      // A link has no PKCE challenge: the nonce binds the code to this browser.
      codeVerifier: via === 'link' ? undefined : transaction.codeVerifier,
      nonce,
      maxAgeS,
      organization,
    });
    // The tenant asks for a second factor at its pages, before it issues a code.
    if ('mfa_token' in tokens) throw new GatewayError('tenant_error', { reason: 'mfa_required' });
    const user = { tokens, claims: tokens.claims, audience, method: 'redirect' } as const;
    const begun = await sessions.begin(user, request);
    return { returnTo, cookies: [...cookies, begun.setCookie], session: begun.session };
  } catch (error) {
    throw error instanceof GatewayError
      ? withRetry(error, { via, returnTo, organization }, clearCookie)
      : error;
  }
}

/** The same error with a retry path: the transaction cannot be used again. */
function withRetry(
  { code, options }: GatewayError,
  terms: Pick<LoginTransaction, 'via' | 'returnTo' | 'organization'>,
  clearCookie: string,
): GatewayError {
  return new GatewayError(code, {
    ...options,
    // `prompt=login` allows another user; otherwise the tenant would sign the same user in again.
    retryPath: toRetryPath(terms, code === 'access_denied' ? 'login' : undefined),
    headers: { ...options.headers, 'Set-Cookie': clearCookie },
  });
}

import type { Authorization } from '../../auth0/authorization.ts';
import type { LinkParameters } from '../../auth0/passwordless.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { LoginParameters } from './login-schemas.ts';
import type { LoginTransactions } from './login-transaction.ts';

export interface StartLoginDeps {
  readonly auth0: Pick<Authorization, 'toAuthorizationUrl'>;
  readonly transactions: LoginTransactions;
  readonly returnUrls: ReturnUrls;
  /** Never from a header of the request. */
  readonly callbackUrl: string;
  readonly audience: string;
  readonly defaultScope: () => string;
}

export interface StartedLogin {
  readonly authorizationUrl: string;
  readonly cookies: readonly string[];
}

/** The checked return URL; one that is too long is ignored. */
function toPlace(returnUrls: ReturnUrls, requested: string | undefined): string | undefined {
  if (requested === undefined) return undefined;
  const returnTo = returnUrls.toReturnUrl(requested);
  if (returnTo === undefined && !returnUrls.isTooLong(requested)) throw new GatewayError('invalid_return_to');
  return returnTo;
}

/**
 * Begins a redirect sign-in: authorization code flow with PKCE (S256), state and nonce (RFC 9700 §2.1.1).
 * @throws GatewayError `invalid_return_to`, and with pushed authorization requests the codes of a tenant outage
 */
export async function startLogin(
  deps: StartLoginDeps,
  { return_to, max_age, ...hints }: LoginParameters,
  headers: RequestInfo['headers'],
): Promise<StartedLogin> {
  const { auth0, transactions, returnUrls, callbackUrl, audience } = deps;
  const scope = deps.defaultScope();
  const isSilent = hints.prompt === 'none';
  const { transaction, codeChallenge, cookies } = transactions.begin(headers, {
    via: 'pages',
    returnTo: toPlace(returnUrls, return_to),
    audience,
    maxAgeS: max_age,
    organization: hints.organization,
    isSilent,
  });
  const authorizationUrl = await auth0.toAuthorizationUrl({
    redirectUri: callbackUrl,
    state: transaction.state,
    nonce: transaction.nonce,
    codeChallenge,
    scope,
    audience,
    hints: { ...hints, max_age: max_age === undefined ? undefined : String(max_age) },
  });
  return { authorizationUrl, cookies };
}

export interface StartedLink {
  readonly link: LinkParameters;
  readonly cookies: readonly string[];
}

/**
 * Begins a sign-in by a mailed link. The callback completes it, in the browser that receives the cookies.
 * @throws GatewayError `invalid_return_to`
 */
export function startLink(
  deps: Omit<StartLoginDeps, 'auth0'>,
  returnTo: string | undefined,
  headers: RequestInfo['headers'],
): StartedLink {
  const { transactions, returnUrls, callbackUrl, audience } = deps;
  const scope = deps.defaultScope();
  const { transaction, cookies } = transactions.begin(headers, {
    via: 'link',
    returnTo: toPlace(returnUrls, returnTo),
    audience,
    isSilent: false,
  });
  const { state, nonce } = transaction;
  return { link: { redirectUri: callbackUrl, state, nonce, scope, audience }, cookies };
}

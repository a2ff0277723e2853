import type { Authorization } from '../../auth0/authorization.ts';
import type { LinkParameters } from '../../auth0/passwordless.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { LoginWish } from './login-schemas.ts';
import type { LoginTransactions } from './login-transaction.ts';

export interface StartLoginDeps {
  readonly auth0: Pick<Authorization, 'toAuthorizationUrl'>;
  readonly transactions: LoginTransactions;
  readonly returnUrls: ReturnUrls;
  /** Never from a header of the request. */
  readonly callbackUrl: string;
  readonly audience: string;
  readonly scope: string;
}

export interface StartedLogin {
  readonly authorizationUrl: string;
  readonly cookies: readonly string[];
}

/** Where to go afterwards, if that was asked for; a place that is too long is not kept, and the sign-in begins all the same. */
function toPlace(returnUrls: ReturnUrls, asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  const returnTo = returnUrls.toReturnUrl(asked);
  if (returnTo === undefined && !returnUrls.isTooLong(asked)) throw new GatewayError('invalid_return_to');
  return returnTo;
}

/**
 * Begins a sign-in at the tenant's pages: authorization code flow with PKCE (S256), state and nonce of its own (RFC 9700 §2.1.1).
 * @throws GatewayError `invalid_return_to`, and what the tenant's outage says where requests are pushed
 */
export async function startLogin(
  deps: StartLoginDeps,
  { return_to, max_age, ...hints }: LoginWish,
  headers: RequestInfo['headers'],
): Promise<StartedLogin> {
  const { auth0, transactions, returnUrls, callbackUrl, audience, scope } = deps;
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
 * Begins a sign-in by a link that is mailed: it ends at the callback, in the browser that gets the cookies.
 * @throws GatewayError `invalid_return_to`
 */
export function startLink(
  deps: Omit<StartLoginDeps, 'auth0'>,
  returnTo: string | undefined,
  headers: RequestInfo['headers'],
): StartedLink {
  const { transactions, returnUrls, callbackUrl, audience, scope } = deps;
  const { transaction, cookies } = transactions.begin(headers, {
    via: 'link',
    returnTo: toPlace(returnUrls, returnTo),
    audience,
    isSilent: false,
  });
  const { state, nonce } = transaction;
  return { link: { redirectUri: callbackUrl, state, nonce, scope, audience }, cookies };
}

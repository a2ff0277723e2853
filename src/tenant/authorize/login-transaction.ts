import type { TenantContext } from '../context.ts';
import type { TenantReply, TenantRequest } from '../endpoints/endpoint.ts';
import { digest, randomToken } from '../random.ts';
import type { AuthorizeRequest, LoginTransaction } from '../state/browser-documents.ts';
import { browserError } from './browser-error.ts';
import { readCookie, setCookie } from './cookies.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const lifetimeS = 3600;
const cookiePath = '/u/';

/** A cookie for each transaction, so that sign-ins in several tabs do not take each other's place. */
const cookieName = (id: string): string => `auth0_login_${digest(id).slice(0, 12)}`;

const lost = () =>
  browserError(
    400,
    'invalid_request',
    "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator.",
  );

export interface NewTransaction
  extends Pick<LoginTransaction, 'user_id' | 'connection' | 'amr' | 'auth_time_ms' | 'sid'> {
  readonly request: AuthorizeRequest;
}

/** Begins a sign-in in a browser; `cookie` is the Set-Cookie header that ties it to that browser. Lives an hour. */
export function beginTransaction(
  { state, clock }: Deps,
  from: NewTransaction,
): { readonly transaction: LoginTransaction; readonly cookie: string } {
  const id = randomToken();
  const secret = randomToken();
  const transaction: LoginTransaction = {
    ...from,
    id,
    binding: digest(secret),
    consented: false,
    expires_ms: clock.now() + lifetimeS * 1000,
  };
  state.loginTransactions.put(transaction);
  return { transaction, cookie: setCookie(cookieName(id), secret, cookiePath, lifetimeS) };
}

/** The Set-Cookie header that takes a transaction's cookie away. */
export const forgetTransactionCookie = ({ id }: LoginTransaction): string =>
  setCookie(cookieName(id), '', cookiePath, 0);

/**
 * The transaction that a request to a /u page belongs to: `state` of its query or form, and the cookie of the browser
 * it began in. A POST from another origin is refused (a forged form). Throws an error page.
 */
export function requireTransaction(context: Deps & Pick<TenantContext, 'domain'>, request: TenantRequest) {
  const { headers, query, body } = request;
  const { origin } = headers;
  if (origin !== undefined && !isOurs(origin, headers.host)) throw lost();
  const id = body.text('state') ?? query.get('state') ?? '';
  const transaction = context.state.loginTransactions.get(id);
  const cookie = readCookie(headers, cookieName(id));
  const isBound = cookie !== undefined && digest(cookie) === transaction?.binding;
  if (!transaction || !isBound || transaction.expires_ms <= context.clock.now()) throw lost();
  return transaction;
}

/** By http or https; the Host guard has judged Host. A page of ours with a null origin is no page of ours. */
const isOurs = (origin: string, host: string | undefined): boolean =>
  host !== undefined && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());

/** What a step has proven. */
export interface ProvenStep {
  /** Who; undefined where the step leaves it as it was, as a second factor does. */
  readonly userId?: string | undefined;
  readonly connection?: string | undefined;
  /** `pwd`, `otp`, `sms`, `email`, `fed`; a second factor adds `mfa`. */
  readonly amr: readonly string[];
}

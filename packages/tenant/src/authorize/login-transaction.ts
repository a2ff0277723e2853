import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import { readCookie, setCookie } from '../wire/cookies.ts';
import type { TenantRequest } from '../wire/row.ts';
import { PageError } from './page-error.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const LIFETIME_S = 3600;
const COOKIE_PATH = '/u/';

/** Each transaction has its own cookie, so that sign-ins in several tabs do not interfere. */
const cookieName = (id: string): string => `auth0_login_${digest(id).slice(0, 12)}`;

/** The error for a transaction that is over, forged, or started in another browser. */
export const transactionNotFound = () =>
  new PageError(400, {
    error: 'invalid_request',
    description:
      "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator.",
  });

export type NewTransaction = Pick<
  LoginTransaction,
  'request' | 'user_id' | 'connection' | 'amr' | 'auth_time_ms' | 'sid' | 'fresh'
>;

/**
 * Starts a sign-in in a browser; `cookie` is the Set-Cookie header that binds it to that browser. Expires after one
 * hour.
 */
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
    confirmed: false,
    expires_ms: clock.now() + LIFETIME_S * 1000,
  };
  state.loginTransactions.put(transaction);
  return { transaction, cookie: setCookie(cookieName(id), secret, COOKIE_PATH, LIFETIME_S) };
}

/** The Set-Cookie header that deletes a transaction's cookie. */
export const clearTransactionCookie = ({ id }: Pick<LoginTransaction, 'id'>): string =>
  setCookie(cookieName(id), '', COOKIE_PATH, 0);

/**
 * The transaction of a request to a /u page, found by `state` in the form or query and by the browser's cookie. Throws
 * an error page if there is none, or if a page of another origin sent the form.
 */
export function requireTransaction({ state, clock }: Deps, request: TenantRequest): LoginTransaction {
  const { headers, query, body } = request;
  requireOwnOrigin(request);
  const id = body.text('state') ?? query.get('state') ?? '';
  const transaction = state.loginTransactions.get(id);
  const cookie = readCookie(headers, cookieName(id));
  const isBound = cookie !== undefined && digest(cookie) === transaction?.binding;
  if (!transaction || !isBound || transaction.expires_ms <= clock.now()) throw transactionNotFound();
  return transaction;
}

/**
 * Throws an error page for a form sent by a page of another origin, including other ports of localhost, which SameSite
 * does not cover.
 */
export function requireOwnOrigin({ headers }: Pick<TenantRequest, 'headers'>): void {
  const { origin, host } = headers;
  if (origin !== undefined && !isOurs(origin, host)) throw transactionNotFound();
}

/** Accepts http and https; the Host header has been checked before. */
const isOurs = (origin: string, host: string | undefined): boolean =>
  host !== undefined && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());

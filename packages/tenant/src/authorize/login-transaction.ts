import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import { readCookie, setCookie } from '../wire/cookies.ts';
import type { TenantRequest } from '../wire/row.ts';
import { PageError } from './page-error.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const lifetimeS = 3600;
const cookiePath = '/u/';

/** A cookie for each transaction, so that sign-ins in several tabs do not take each other's place. */
const cookieName = (id: string): string => `auth0_login_${digest(id).slice(0, 12)}`;

/** The refusal of a step whose transaction is over, forged, or another browser's. */
export const lostTransaction = () =>
  new PageError(400, {
    error: 'invalid_request',
    description:
      "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator.",
  });

export type NewTransaction = Pick<
  LoginTransaction,
  'request' | 'user_id' | 'connection' | 'amr' | 'auth_time_ms' | 'sid'
>;

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
    confirmed: false,
    fresh: false,
    expires_ms: clock.now() + lifetimeS * 1000,
  };
  state.loginTransactions.put(transaction);
  return { transaction, cookie: setCookie(cookieName(id), secret, cookiePath, lifetimeS) };
}

/** The Set-Cookie header that takes a transaction's cookie away. */
export const forgetTransactionCookie = ({ id }: Pick<LoginTransaction, 'id'>): string =>
  setCookie(cookieName(id), '', cookiePath, 0);

/**
 * The transaction that a request to a /u page belongs to: `state` of its form or query, and the cookie of the browser
 * it began in. A form that a page of another origin sent is refused. Throws an error page.
 */
export function requireTransaction({ state, clock }: Deps, request: TenantRequest): LoginTransaction {
  const { headers, query, body } = request;
  requireOwnOrigin(request);
  const id = body.text('state') ?? query.get('state') ?? '';
  const transaction = state.loginTransactions.get(id);
  const cookie = readCookie(headers, cookieName(id));
  const isBound = cookie !== undefined && digest(cookie) === transaction?.binding;
  if (!transaction || !isBound || transaction.expires_ms <= clock.now()) throw lostTransaction();
  return transaction;
}

/** Refuses what a page of another origin sent, other ports of localhost included: SameSite lets those through. */
export function requireOwnOrigin({ headers }: Pick<TenantRequest, 'headers'>): void {
  const { origin, host } = headers;
  if (origin !== undefined && !isOurs(origin, host)) throw lostTransaction();
}

/** By http or https; the Host guard has judged Host. */
const isOurs = (origin: string, host: string | undefined): boolean =>
  host !== undefined && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());

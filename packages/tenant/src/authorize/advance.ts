import type { TenantContext } from '../context.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { redirectTo, withCookies } from './authorization-response.ts';
import { checkUser } from './check-user.ts';
import { complete } from './complete.ts';
import { clearTransactionCookie, transactionNotFound } from './login-transaction.ts';
import { type PendingStep, pendingStep } from './pending-step.ts';
import { record } from './record.ts';
import { Refusal } from './refusal.ts';
import { refuse } from './refuse.ts';
import { clientOf } from './step-model.ts';

/** The page path of each step. */
const PAGES: Readonly<Record<PendingStep, string>> = {
  login: '/u/login',
  mfa: '/u/mfa',
  consent: '/u/consent',
  confirm: '/u/confirm',
};

/** The error that a `prompt=none` request gets when a page would be needed (OpenID Connect Core §3.1.2.6). */
const SILENT_REFUSALS: Readonly<Record<PendingStep, readonly [string, string]>> = {
  login: ['login_required', 'Login required'],
  mfa: ['interaction_required', 'Multifactor authentication required'],
  consent: ['consent_required', 'Consent required'],
  confirm: ['consent_required', 'Consent required'],
};

/** Answers with the next page of a transaction or, when no step is left, with the response to the client. */
export async function advance(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  cookies: readonly string[],
): Promise<TenantReply> {
  const client = clientOf(context, transaction);
  const user = checkUser(context, transaction);
  if (user instanceof Refusal) return cancel(context, request, transaction, user);
  const parties = user && { client, user, transaction, ip: request.ip };
  const step = parties ? pendingStep(context, parties) : 'login';
  if (step === undefined && parties) return complete(context, request, parties, cookies);
  const shown = step ?? 'login';
  if (transaction.request.prompt.includes('none'))
    return cancel(context, request, transaction, new Refusal(...SILENT_REFUSALS[shown]));
  const path = shown === 'login' && transaction.request.screen_hint === 'signup' ? '/u/signup' : PAGES[shown];
  return redirectTo(`${path}?state=${transaction.id}`, cookies);
}

/** Ends a transaction with an error for its client. */
export function cancel(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  refusal: Refusal,
): TenantReply {
  const { request: asked, user_id, connection } = transaction;
  const client = clientOf(context, transaction);
  if (!context.state.loginTransactions.remove(transaction.id)) throw transactionNotFound();
  record(context, request, client, {
    type: asked.prompt.includes('none') ? 'fsa' : 'f',
    description: refusal.message,
    user_id,
    connection,
  });
  return withCookies(refuse(context, client, asked, refusal), [clearTransactionCookie(transaction)]);
}

import type { TenantContext } from '../context.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { redirectTo, withCookies } from './authorization-response.ts';
import { checkUser } from './check-user.ts';
import { complete } from './complete.ts';
import { clearTransactionCookie, transactionNotFound } from './login-transaction.ts';
import { hasNoVisibleConnection, joinOrganization, stepBeforeLogin } from './organization-step.ts';
import { lacksFactor, type PendingStep, pendingStep } from './pending-step.ts';
import { record } from './record.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { refuse } from './refuse.ts';
import { clientOf } from './step-model.ts';

/** The page path of each step. */
const PAGES: Readonly<Record<PendingStep, string>> = {
  invitation: '/u/invitation',
  organization: '/u/organization',
  login: '/u/login',
  mfa: '/u/mfa',
  picker: '/u/organization-picker',
  consent: '/u/consent',
  confirm: '/u/confirm',
};

const ORGANIZATION_REQUIRED = ['interaction_required', 'Organization selection required'] as const;

/** The error that a `prompt=none` request gets when a page would be needed (OpenID Connect Core §3.1.2.6). */
const SILENT_REFUSALS: Readonly<Record<PendingStep, readonly [string, string]>> = {
  invitation: ['interaction_required', 'Acceptance of the invitation required'],
  organization: ORGANIZATION_REQUIRED,
  login: ['login_required', 'Login required'],
  mfa: ['interaction_required', 'Multifactor authentication required'],
  picker: ORGANIZATION_REQUIRED,
  consent: ['consent_required', 'Consent required'],
  confirm: ['consent_required', 'Consent required'],
};

/**
 * Answers with the next page of a transaction or, when no step is left, with the response to the client. A user who is
 * signed in joins the organization first, so that its roles count in the steps that follow.
 */
export async function advance(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  cookies: readonly string[],
): Promise<TenantReply> {
  const client = clientOf(context, transaction);
  const show = (step: PendingStep) => showStep(context, request, transaction, step, cookies);
  const early = stepBeforeLogin(client, transaction);
  if (early !== undefined) return show(early);
  const user = checkUser(context, transaction);
  if (user instanceof Refusal) return cancel(context, request, transaction, user);
  if (!user) return show('login');
  const parties = { client, user, transaction, ip: request.ip };
  if (lacksFactor(context, parties) || transaction.sid === undefined)
    return show(pendingStep(context, parties) ?? 'login');
  const joined = joinOrganization(context, parties);
  if (joined instanceof Refusal) return cancel(context, request, transaction, joined);
  const settled = { ...parties, transaction: joined, user: context.state.users.get(user.user_id) ?? user };
  const step = pendingStep(context, settled);
  return step === undefined ? complete(context, request, settled, cookies) : show(step);
}

function showStep(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  step: PendingStep,
  cookies: readonly string[],
): TenantReply {
  const { prompt, screen_hint } = transaction.request;
  if (prompt.includes('none'))
    return cancel(context, request, transaction, new Refusal(...SILENT_REFUSALS[step]));
  if (step === 'login' && hasNoVisibleConnection(context, clientOf(context, transaction), transaction)) {
    const text = 'no connections enabled for the organization are visible';
    return cancel(context, request, transaction, invalidRequest(text, 'organization_usage'));
  }
  const path = step === 'login' && screen_hint === 'signup' ? '/u/signup' : PAGES[step];
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

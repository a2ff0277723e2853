import type { TenantContext } from '../context.ts';
import { clearSessionCookies } from '../sessions/browser-session.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { redirectTo, withCookies } from './authorization-response.ts';
import { checkUser } from './check-user.ts';
import { complete } from './complete.ts';
import { answerDevice } from './device-response.ts';
import { revokeByAction, runLoginActions } from './login-actions.ts';
import { clearTransactionCookie, transactionNotFound } from './login-transaction.ts';
import { hasNoVisibleConnection, joinOrganization, stepBeforeLogin } from './organization-step.ts';
import { type PendingStep, pendingStep, type SignInParties } from './pending-step.ts';
import { record } from './record.ts';
import { invalidRequest, Refusal } from './refusal.ts';
import { refuse } from './refuse.ts';
import { clientOf } from './step-model.ts';

/** The steps that have a page. */
type PageStep = Exclude<PendingStep, 'actions'>;

/** The page path of each step. */
const PAGES: Readonly<Record<PageStep, string>> = {
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
const SILENT_REFUSALS: Readonly<Record<PageStep, readonly [string, string]>> = {
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
  const show = (step: PageStep) => showStep(context, request, transaction, step, cookies);
  const early = stepBeforeLogin(client, transaction);
  if (early !== undefined) return show(early);
  const user = checkUser(context, transaction);
  if (user instanceof Refusal) return cancel(context, request, transaction, user, cookies);
  if (!user || transaction.sid === undefined) return show('login');
  const parties = { client, user, transaction, ip: request.ip };
  const joined = joinOrganization(context, parties);
  if (joined instanceof Refusal) return cancel(context, request, transaction, joined, cookies);
  const settled = { ...parties, transaction: joined, user: context.state.users.get(user.user_id) ?? user };
  const step = pendingStep(context, settled);
  if (step === undefined) return complete(context, request, settled, cookies);
  return step === 'actions' ? passActions(context, request, settled, cookies) : show(step);
}

function showStep(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  step: PageStep,
  cookies: readonly string[],
): TenantReply {
  const { prompt, screen_hint } = transaction.request;
  if (prompt.includes('none'))
    return cancel(context, request, transaction, new Refusal(...SILENT_REFUSALS[step]), cookies);
  if (step === 'login' && hasNoVisibleConnection(context, clientOf(context, transaction), transaction)) {
    const text = 'no connections enabled for the organization are visible';
    return cancel(context, request, transaction, invalidRequest(text, 'organization_usage'), cookies);
  }
  const path = step === 'login' && screen_hint === 'signup' ? '/u/signup' : PAGES[step];
  return redirectTo(`${path}?state=${transaction.id}`, cookies);
}

/** Runs the post-login Actions, and answers with what follows from them. */
async function passActions(
  context: TenantContext,
  request: TenantRequest,
  parties: SignInParties,
  cookies: readonly string[],
): Promise<TenantReply> {
  const { state } = context;
  const { transaction } = parties;
  const end = await runLoginActions(context, request, parties);
  if (end.kind === 'denied') {
    const refusal = new Refusal('access_denied', end.reason);
    const revoked = revokeByAction(context, parties, end);
    return cancel(
      context,
      request,
      transaction,
      refusal,
      revoked ? clearSessionCookies(request.scheme) : cookies,
    );
  }
  const isSilent = transaction.request.prompt.includes('none');
  if (end.kind === 'redirected' && isSilent)
    return cancel(
      context,
      request,
      transaction,
      new Refusal('interaction_required', REDIRECT_NEEDED),
      cookies,
    );
  // Another request may have ended the sign-in or replaced its user while the Actions ran.
  const current = state.loginTransactions.get(transaction.id);
  if (!current || current.user_id !== transaction.user_id) throw transactionNotFound();
  const passed = { ...current, actions: end.progress };
  state.loginTransactions.put(passed);
  return end.kind === 'redirected'
    ? redirectTo(withState(end.url, transaction.id), cookies)
    : advance(context, request, passed, cookies);
}

const REDIRECT_NEEDED = 'An Action redirects the user to a page';

function withState(target: string, state: string): string {
  const url = new URL(target);
  url.searchParams.set('state', state);
  return url.href;
}

/** Ends a transaction with an error for its client, or for the device that polls for its tokens. */
export function cancel(
  context: TenantContext,
  request: TenantRequest,
  transaction: LoginTransaction,
  refusal: Refusal,
  cookies: readonly string[] = [],
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
  const response =
    asked.device_id === undefined
      ? refuse(context, client, asked, refusal)
      : answerDevice(context, asked.device_id, refusal);
  return withCookies(response, [...cookies, clearTransactionCookie(transaction)]);
}

import { addConsent } from '../authorization/consents.ts';
import type { TenantContext } from '../context.ts';
import { confirmPage } from '../pages/confirm-page.ts';
import { consentPage } from '../pages/consent-page.ts';
import { readSession } from '../sessions/browser-session.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { advance, cancel } from './advance.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { checkUser } from './check-user.ts';
import { requireTransaction, transactionNotFound } from './login-transaction.ts';
import {
  consentQuestion,
  type PendingStep,
  pendingStep,
  type SignInParties,
  scopeToGrant,
} from './pending-step.ts';
import { Refusal } from './refusal.ts';
import { toScopeGroups } from './scope-groups.ts';
import { clientOf, stepModel } from './step-model.ts';

/** GET and POST /u/consent and /u/confirm: the steps after the user has signed in. */
export function consentEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: '/u/consent', handle: (request) => showConsent(context, request) },
    { method: 'POST', path: '/u/consent', handle: (request) => settle(context, request, 'consent') },
    { method: 'GET', path: '/u/confirm', handle: (request) => showConfirm(context, request) },
    { method: 'POST', path: '/u/confirm', handle: (request) => settle(context, request, 'confirm') },
  ];
  return rows.map(browserEndpoint);
}

/** The signed-in user at this step. The step follows from the state of the transaction, not from the path. */
function requireStep(context: TenantContext, request: TenantRequest, step: PendingStep): SignInParties {
  const transaction = requireTransaction(context, request);
  const user = checkUser(context, transaction);
  const session = readSession(context, request);
  if (!user || user instanceof Refusal || session?.sid !== transaction.sid) throw transactionNotFound();
  const parties = { client: clientOf(context, transaction), user, transaction, ip: request.ip };
  if (pendingStep(context, parties) !== step) throw transactionNotFound();
  return parties;
}

const destinationOf = ({ redirect_uri }: AuthorizeRequest): string => {
  const { protocol, host } = new URL(redirect_uri);
  return host === '' ? protocol : `${protocol}//${host}`;
};

function showConsent(context: TenantContext, request: TenantRequest): TenantReply {
  const parties = requireStep(context, request, 'consent');
  const { user, transaction } = parties;
  return consentPage({
    ...stepModel(context, transaction),
    user: user.email ?? user.name,
    destination: transaction.request.device_id === undefined ? destinationOf(transaction.request) : undefined,
    requests: toScopeGroups(context, transaction.request, scopeToGrant(context, parties)),
  });
}

function showConfirm(context: TenantContext, request: TenantRequest): TenantReply {
  const { user, transaction } = requireStep(context, request, 'confirm');
  return confirmPage({
    ...stepModel(context, transaction),
    user: user.email ?? user.name,
    destination: destinationOf(transaction.request),
  });
}

function settle(
  context: TenantContext,
  request: TenantRequest,
  step: 'consent' | 'confirm',
): TenantReply | Promise<TenantReply> {
  const parties = requireStep(context, request, step);
  const { transaction } = parties;
  const action = request.body.text('action');
  if (action !== 'accept') {
    if (action !== 'deny')
      return step === 'consent' ? showConsent(context, request) : showConfirm(context, request);
    const refusal = new Refusal('access_denied', 'User did not authorize the request');
    return cancel(context, request, transaction, refusal);
  }
  if (step === 'consent') addConsent(context, consentQuestion(parties), scopeToGrant(context, parties));
  const agreed = step === 'consent' ? { consented: true } : { confirmed: true };
  const settled = { ...transaction, ...agreed };
  context.state.loginTransactions.put(settled);
  return advance(context, request, settled, []);
}

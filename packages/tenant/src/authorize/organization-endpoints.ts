import type { TenantContext } from '../context.ts';
import { findOrganization } from '../organizations/find-organization.ts';
import { findInvitation } from '../organizations/invitations.ts';
import { invitationPage, organizationPage, organizationPickerPage } from '../pages/organization-pages.ts';
import { readSession } from '../sessions/browser-session.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { advance, cancel } from './advance.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { requireTransaction, transactionNotFound } from './login-transaction.ts';
import {
  isOpenTo,
  organizationChoices,
  spentInvitation,
  stepBeforeLogin,
  withOrganization,
} from './organization-step.ts';
import { Refusal } from './refusal.ts';
import { clientOf, stepModel } from './step-model.ts';

/** Maximum number of organizations that the picker shows, as on Auth0. */
const SHOWN = 20;

/**
 * GET and POST of /u/organization, which asks for an organization before the sign-in, /u/organization-picker, which asks
 * after it, and /u/invitation, which accepts an invitation.
 */
export function organizationEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: '/u/organization', handle: (request) => showPrompt(enter(context, request)) },
    { method: 'POST', path: '/u/organization', handle: (request) => name(enter(context, request)) },
    {
      method: 'GET',
      path: '/u/organization-picker',
      handle: (request) => showPicker(enter(context, request)),
    },
    { method: 'POST', path: '/u/organization-picker', handle: (request) => pick(enter(context, request)) },
    { method: 'GET', path: '/u/invitation', handle: (request) => showInvitation(enter(context, request)) },
    { method: 'POST', path: '/u/invitation', handle: (request) => accept(enter(context, request)) },
  ];
  return rows.map(browserEndpoint);
}

interface Step {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  readonly transaction: LoginTransaction;
  readonly client: Client;
}

function enter(context: TenantContext, request: TenantRequest): Step {
  const transaction = requireTransaction(context, request);
  return { context, request, transaction, client: clientOf(context, transaction) };
}

/** Stores a changed transaction and answers with the next step. */
function proceed({ context, request }: Step, transaction: LoginTransaction): Promise<TenantReply> {
  context.state.loginTransactions.put(transaction);
  return advance(context, request, transaction, []);
}

/** Only a client that may also sign users in without an organization offers to continue without one. */
const mayBePersonal = ({ client }: Step): boolean => client.organization_usage === 'allow';

function showPrompt(step: Step, problem?: { readonly asked: string }): TenantReply {
  const { context, transaction, client } = step;
  if (stepBeforeLogin(client, transaction) !== 'organization') throw transactionNotFound();
  return organizationPage({
    ...stepModel(context, transaction),
    ...(problem && { status: 400, error: 'The organization you entered is invalid', value: problem.asked }),
    mayBePersonal: mayBePersonal(step),
  });
}

function name(step: Step): TenantReply | Promise<TenantReply> {
  const { context, request, transaction, client } = step;
  if (stepBeforeLogin(client, transaction) !== 'organization') throw transactionNotFound();
  if (request.body.text('action') === 'personal' && mayBePersonal(step))
    return proceed(step, { ...transaction, personal: true });
  const asked = request.body.text('organization')?.trim() ?? '';
  const organization = findOrganization(context.state, asked);
  if (!organization || !isOpenTo(client, organization)) return showPrompt(step, { asked });
  return proceed(step, withOrganization(transaction, organization));
}

/** The organizations to choose from. Throws an error page unless the user of the transaction is signed in here. */
function choicesOf({ context, request, transaction, client }: Step) {
  const { user_id, sid, request: asked } = transaction;
  const session = readSession(context, request);
  const isWaiting =
    asked.organization === undefined && client.organization_require_behavior === 'post_login_prompt';
  if (user_id === undefined || sid === undefined || session?.sid !== sid || !isWaiting)
    throw transactionNotFound();
  return organizationChoices(context, client, transaction, user_id);
}

function showPicker(step: Step): TenantReply {
  const choices = choicesOf(step);
  return organizationPickerPage({
    ...stepModel(step.context, step.transaction),
    organizations: choices.slice(0, SHOWN).map(({ id, display_name }) => ({ id, label: display_name })),
    mayBePersonal: mayBePersonal(step),
  });
}

function pick(step: Step): TenantReply | Promise<TenantReply> {
  const { request, transaction } = step;
  const choices = choicesOf(step);
  if (request.body.text('action') === 'personal' && mayBePersonal(step))
    return proceed(step, { ...transaction, personal: true });
  const chosen = choices.find(({ id }) => id === request.body.text('organization'));
  return chosen ? proceed(step, withOrganization(transaction, chosen)) : showPicker(step);
}

function showInvitation(step: Step): TenantReply {
  const { context, request, transaction } = step;
  const { invitation: ticket, organization } = transaction.request;
  if (ticket === undefined || transaction.invited === true) throw transactionNotFound();
  const invitation = findInvitation(context, ticket);
  const found = organization && context.state.organizations.get(organization.id);
  if (!invitation || !found) return cancel(context, request, transaction, spentInvitation());
  return invitationPage({
    ...stepModel(context, transaction),
    organization: found.display_name,
    inviter: invitation.inviter.name,
    email: invitation.invitee.email,
  });
}

function accept(step: Step): TenantReply | Promise<TenantReply> {
  const { context, request, transaction } = step;
  if (transaction.request.invitation === undefined) throw transactionNotFound();
  const action = request.body.text('action');
  if (action === 'deny')
    return cancel(
      context,
      request,
      transaction,
      new Refusal('access_denied', 'User did not accept the invitation'),
    );
  return action === 'accept' ? proceed(step, { ...transaction, invited: true }) : showInvitation(step);
}

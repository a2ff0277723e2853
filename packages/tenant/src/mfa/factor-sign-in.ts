import { advance } from '../authorize/advance.ts';
import { continueLogin } from '../authorize/continue-login.ts';
import { requireOwnOrigin, requireTransaction, transactionNotFound } from '../authorize/login-transaction.ts';
import { clientOf, stepModel } from '../authorize/step-model.ts';
import type { TenantContext } from '../context.ts';
import { hasEnrolled } from '../factors/authenticators.ts';
import { findEnrolmentTicket } from '../factors/enrolment-tickets.ts';
import { enrollableTypes, type FactorStep, nextFactor } from '../factors/next-factor.ts';
import type { Prover } from '../factors/proof.ts';
import { messagePage } from '../pages/message-page.ts';
import type { StepModel } from '../pages/page.ts';
import type { User } from '../state/user-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';

/** A browser sign-in at its second factor, or an enrolment with a ticket. */
export interface FactorSignIn {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  /** What challenges and proofs are bound to: the login transaction or the enrolment ticket. */
  readonly id: string;
  readonly user: User;
  /** The required step; undefined if none is needed or the factor has been verified. */
  readonly step: FactorStep | undefined;
  readonly prover: Prover;
  /** The values that each of its pages receives. */
  readonly model: Pick<StepModel, 'state' | 'application' | 'redirectsTo'>;
  /** Continues after the step, with the methods that it has verified; without `amr`, no factor was needed. */
  readonly proceed: (amr?: readonly string[]) => TenantReply | Promise<TenantReply>;
}

/** The sign-in of a request to /u/mfa. Throws an error page if there is none, or if no user has signed in yet. */
export function requireFactorSignIn(context: TenantContext, request: TenantRequest): FactorSignIn {
  const secret = request.body.text('state') ?? request.query.get('state') ?? '';
  return findEnrolment(context, request, secret) ?? requireSignIn(context, request);
}

function requireSignIn(context: TenantContext, request: TenantRequest): FactorSignIn {
  const transaction = requireTransaction(context, request);
  const { id, user_id = '', amr } = transaction;
  const user = context.state.users.get(user_id);
  if (!user) throw transactionNotFound();
  const question = {
    acrValues: transaction.request.acr_values,
    decided: transaction.actions?.factor,
    ip: request.ip,
  };
  return {
    context,
    request,
    id,
    user,
    step: amr.includes('mfa') || user.blocked === true ? undefined : nextFactor(context, user, question),
    prover: { user, clientId: clientOf(context, transaction).client_id, holder: id, purpose: 'sign-in' },
    model: stepModel(context, transaction),
    proceed: (proven) =>
      proven
        ? continueLogin(context, request, id, { amr: proven })
        : advance(context, request, transaction, []),
  };
}

/** The enrolment of a ticket with this secret; undefined if there is none. */
function findEnrolment(
  context: TenantContext,
  request: TenantRequest,
  secret: string,
): FactorSignIn | undefined {
  const { state } = context;
  const found = findEnrolmentTicket(context, secret);
  if (!found) return undefined;
  requireOwnOrigin(request);
  const { ticket, user } = found;
  const { id, factor, allow_multiple } = ticket;
  const types = enrollableTypes(context, user).filter((type) => factor === undefined || type === factor);
  const isNeeded = allow_multiple || !hasEnrolled(context, user);
  return {
    context,
    request,
    id,
    user,
    step: isNeeded && types.length > 0 ? { kind: 'enrol', types } : undefined,
    prover: { user, clientId: undefined, holder: id, purpose: 'enrolment' },
    model: {
      state: secret,
      application: state.settings.get()?.friendly_name ?? 'Local tenant',
      redirectsTo: [],
    },
    proceed(proven) {
      if (proven) {
        state.enrolmentTickets.remove(id);
        const text = 'It will be asked for when you sign in.';
        return messagePage({ tone: 'done', heading: 'Your second factor is set up', text });
      }
      const text = isNeeded
        ? 'None of the factors that this link is for is enabled. Ask your administrator.'
        : 'You have a second factor already. Ask your administrator for a link that allows another one.';
      return messagePage({ tone: 'error', status: 400, heading: 'Nothing to set up', text });
    },
  };
}

import { requireTransaction, transactionNotFound } from '../authorize/login-transaction.ts';
import { clientOf, stepModel } from '../authorize/step-model.ts';
import type { TenantContext } from '../context.ts';
import { type FactorStep, nextFactor } from '../factors/next-factor.ts';
import type { Prover } from '../factors/proof.ts';
import type { StepModel } from '../pages/page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { TenantRequest } from '../wire/row.ts';

/** A browser sign-in at its second factor. */
export interface FactorSignIn {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  readonly transaction: LoginTransaction;
  readonly user: User;
  /** The required step; undefined if none is needed or the factor has been verified. */
  readonly step: FactorStep | undefined;
  readonly prover: Prover;
  /** The values that each of its pages receives. */
  readonly model: Pick<StepModel, 'state' | 'application' | 'redirectsTo'>;
}

/** The sign-in of a request to /u/mfa. Throws an error page if there is none, or if no user has signed in yet. */
export function requireFactorSignIn(context: TenantContext, request: TenantRequest): FactorSignIn {
  const transaction = requireTransaction(context, request);
  const { user_id = '', amr } = transaction;
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
    transaction,
    user,
    step: amr.includes('mfa') || user.blocked === true ? undefined : nextFactor(context, user, question),
    prover: {
      user,
      clientId: clientOf(context, transaction).client_id,
      holder: transaction.id,
      purpose: 'sign-in',
    },
    model: stepModel(context, transaction),
  };
}

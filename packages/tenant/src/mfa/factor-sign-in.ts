import { lostTransaction, requireTransaction } from '../authorize/login-transaction.ts';
import { clientOf, stepModel } from '../authorize/step-model.ts';
import type { TenantContext } from '../context.ts';
import { type FactorStep, nextFactor } from '../factors/next-factor.ts';
import type { Prover } from '../factors/proof.ts';
import type { StepModel } from '../pages/page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { TenantRequest } from '../wire/row.ts';

/** A sign-in by browser that has come to its second factor. */
export interface FactorSignIn {
  readonly context: TenantContext;
  readonly request: TenantRequest;
  readonly transaction: LoginTransaction;
  readonly user: User;
  /** Undefined: none is needed, or it has been given. */
  readonly step: FactorStep | undefined;
  readonly prover: Prover;
  /** What each of its pages is told. */
  readonly model: Pick<StepModel, 'state' | 'application' | 'redirectsTo'>;
}

/** The sign-in that a request to /u/mfa belongs to. Throws an error page where there is none, or nobody yet. */
export function requireFactorSignIn(context: TenantContext, request: TenantRequest): FactorSignIn {
  const transaction = requireTransaction(context, request);
  const { user_id = '', amr } = transaction;
  const user = context.state.users.get(user_id);
  if (!user) throw lostTransaction();
  const question = { acrValues: transaction.request.acr_values, ip: request.ip };
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

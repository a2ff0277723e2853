import type { TenantContext } from '../context.ts';
import type { StepModel } from '../pages/page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { transactionNotFound } from './login-transaction.ts';
import { redirectTargets } from './redirect-targets.ts';

/** The client of a transaction. */
export function clientOf({ state }: Pick<TenantContext, 'state'>, { request }: LoginTransaction): Client {
  const client = state.clients.get(request.client_id);
  if (!client) throw transactionNotFound();
  return client;
}

/** The values that every sign-in page receives. */
export const stepModel = (
  context: Pick<TenantContext, 'state' | 'redirectOrigins'>,
  transaction: LoginTransaction,
): Pick<StepModel, 'state' | 'application' | 'redirectsTo'> => {
  const { client_id, name } = clientOf(context, transaction);
  const redirectsTo = redirectTargets(context, client_id, transaction.request.redirect_uri);
  return { state: transaction.id, application: name, redirectsTo };
};

/** A path of the sign-in pages, with the transaction's `state`. */
export const stepHref = (path: string, { id }: LoginTransaction, connection?: string): string =>
  `${path}?${new URLSearchParams({ state: id, ...(connection !== undefined && { connection }) }).toString()}`;

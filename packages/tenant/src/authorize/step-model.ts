import type { TenantContext } from '../context.ts';
import type { StepModel } from '../pages/page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { leadsTo } from './leads-to.ts';
import { lostTransaction } from './login-transaction.ts';

/** The client that a transaction signs in to. */
export function clientOf({ state }: Pick<TenantContext, 'state'>, { request }: LoginTransaction): Client {
  const client = state.clients.get(request.client_id);
  if (!client) throw lostTransaction();
  return client;
}

/** What every page of a sign-in is told. */
export const stepModel = (
  context: Pick<TenantContext, 'state' | 'onwardOrigins'>,
  transaction: LoginTransaction,
): Pick<StepModel, 'state' | 'application' | 'redirectsTo'> => {
  const { client_id, name } = clientOf(context, transaction);
  const redirectsTo = leadsTo(context, client_id, transaction.request.redirect_uri);
  return { state: transaction.id, application: name, redirectsTo };
};

/** A path of the sign-in's pages, with its state. */
export const stepHref = (path: string, { id }: LoginTransaction, connection?: string): string =>
  `${path}?${new URLSearchParams({ state: id, ...(connection !== undefined && { connection }) }).toString()}`;

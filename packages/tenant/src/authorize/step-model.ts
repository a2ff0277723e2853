import { directoryOf } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import { signInConnections } from '../organizations/organization-connections.ts';
import type { StepModel } from '../pages/page.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import { transactionNotFound } from './login-transaction.ts';
import { redirectTargets } from './redirect-targets.ts';

/** The client of a transaction. */
export function clientOf({ state }: Pick<TenantContext, 'state'>, { request }: LoginTransaction): Client {
  const client = state.clients.get(request.client_id);
  if (!client) throw transactionNotFound();
  return client;
}

/** The connections of a transaction: its client's or, with an organization, the organization's. */
export const usableConnections = (
  context: Pick<TenantContext, 'state'>,
  transaction: LoginTransaction,
): Connection[] =>
  signInConnections(context, clientOf(context, transaction), transaction.request.organization);

/** The database connection of a transaction's password sign-ins and sign-ups. */
export const transactionDirectory = (
  context: Pick<TenantContext, 'state'>,
  transaction: LoginTransaction,
): Connection | undefined =>
  directoryOf(context, usableConnections(context, transaction), transaction.request.connection);

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

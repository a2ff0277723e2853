import type { TenantContext } from '../context.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { advance } from './advance.ts';
import { redirectTo } from './authorization-response.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { requireTransaction, transactionNotFound } from './login-transaction.ts';

const PAGE = '/u/continue';

/**
 * GET and POST /continue: the page that an Action has redirected to returns the user here. The cookie of the sign-in
 * belongs to /u/, and a form of another site does not carry it, so both redirect there.
 */
export function continueEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: '/continue', handle: toPage },
    { method: 'POST', path: '/continue', handle: toPage },
    { method: 'GET', path: PAGE, handle: (request) => resume(context, request) },
  ];
  return rows.map(browserEndpoint);
}

function toPage({ query, body }: TenantRequest): TenantReply {
  const parameters = new URLSearchParams(query);
  for (const name of body.names()) parameters.set(name, body.text(name) ?? '');
  return redirectTo(`${PAGE}?${parameters.toString()}`);
}

/** Runs `onContinuePostLogin` of the Action that has redirected, then the Actions after it. */
function resume(context: TenantContext, request: TenantRequest): Promise<TenantReply> {
  const transaction = requireTransaction(context, request);
  const { actions } = transaction;
  if (actions?.isRedirected !== true) throw transactionNotFound();
  return advance(context, request, transaction, []);
}

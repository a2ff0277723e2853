import type { TenantContext } from '../context.ts';
import type { MessageModel } from '../pages/message-page.ts';
import type { FoundTicket } from '../users/find-ticket.ts';
import type { TenantReply } from '../wire/row.ts';

/** The redirect to the ticket's result URL; undefined if it has none. */
export function resultRedirect({ ticket, user }: FoundTicket, message: string): TenantReply | undefined {
  if (ticket.result_url === undefined) return undefined;
  const url = new URL(ticket.result_url);
  url.searchParams.set('success', 'true');
  url.searchParams.set('code', 'success');
  url.searchParams.set('message', message);
  if (ticket.email_in_redirect === true) url.searchParams.set('email', user.email ?? '');
  return {
    status: 302,
    body: '',
    headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' },
  };
}

/** The link back to the application of a mailed link, if its `initiate_login_uri` is set. */
export function linkToApplication(
  { state }: Pick<TenantContext, 'state'>,
  clientId: string | undefined,
): MessageModel['link'] {
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (!client || !/^https?:\/\//i.test(client.initiate_login_uri ?? '')) return undefined;
  return { href: client.initiate_login_uri ?? '', label: `Back to ${client.name}` };
}

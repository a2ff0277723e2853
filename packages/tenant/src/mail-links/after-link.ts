import type { TenantContext } from '../context.ts';
import type { MessageModel } from '../pages/message-page.ts';
import type { FoundTicket } from '../users/find-ticket.ts';
import type { TenantReply } from '../wire/row.ts';

/** To where whoever made a link wants its person to go once it has done its work; undefined where they said nothing. */
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

/** The way back to the application that a link was mailed for, if it says where it begins. */
export function linkToApplication(
  { state }: Pick<TenantContext, 'state'>,
  clientId: string | undefined,
): MessageModel['link'] {
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (!client || !/^https?:\/\//i.test(client.initiate_login_uri ?? '')) return undefined;
  return { href: client.initiate_login_uri ?? '', label: `Back to ${client.name}` };
}

import type { TenantReply } from '../endpoints/endpoint.ts';
import type { FoundTicket } from '../users/find-ticket.ts';

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

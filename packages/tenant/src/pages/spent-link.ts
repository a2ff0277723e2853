import type { TenantContext } from '../context.ts';
import type { TenantReply } from '../endpoints/endpoint.ts';
import { type MessageModel, messagePage } from './message-page.ts';

/** The answer to a link that was used, is over, or never was. */
export const spentLink = (link?: MessageModel['link']): TenantReply =>
  messagePage({
    tone: 'error',
    status: 400,
    heading: 'This link does not work',
    text: 'It works once, and for some days only. Perhaps you have used it already, or there is a newer one in your mail.',
    link,
  });

/** The way back to the application that a link was mailed for, if it says where it begins. */
export function linkToApplication(
  { state }: Pick<TenantContext, 'state'>,
  clientId: string | undefined,
): MessageModel['link'] {
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (!client || !/^https?:\/\//i.test(client.initiate_login_uri ?? '')) return undefined;
  return { href: client.initiate_login_uri ?? '', label: `Back to ${client.name}` };
}

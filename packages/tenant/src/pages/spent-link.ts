import type { TenantReply } from '../wire/row.ts';
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

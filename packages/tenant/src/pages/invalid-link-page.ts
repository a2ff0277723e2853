import type { TenantReply } from '../wire/row.ts';
import { type MessageModel, messagePage } from './message-page.ts';

/** The response to a link that is used, expired or unknown. */
export const invalidLinkPage = (link?: MessageModel['link']): TenantReply =>
  messagePage({
    tone: 'error',
    status: 400,
    heading: 'This link does not work',
    text: 'A link works once and expires after some days. You may have used it already, or received a newer one.',
    link,
  });

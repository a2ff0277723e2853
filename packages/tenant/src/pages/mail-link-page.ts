import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { type PageOptions, toPage } from './page.ts';

/** The form posts to `action` with `ticket`. */
export interface MailLinkModel extends PageOptions {
  readonly action: string;
  readonly ticket: string;
  readonly heading: string;
  readonly text: string;
  readonly button: string;
  /** The address that the link was mailed to. */
  readonly email: string;
}

/** The first page of a mailed link. It needs a click, because mail scanners open links but press no buttons. */
export const mailLinkPage = (model: MailLinkModel): TenantReply =>
  toPage({
    ...model,
    body: html`<p class="lead">${model.text} <strong>${model.email}</strong></p>
${form(model.action, { ticket: model.ticket }, button({ label: model.button }))}`,
  });

import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { type PageOptions, toPage } from './page.ts';

/** The form posts to `action`, with the field `action` of `accept` or `deny` and the hidden fields. */
export interface ConfirmLogoutModel extends PageOptions {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string | undefined>>;
  /** Name of the signed-in user. */
  readonly user?: string | undefined;
}

/** Asks for confirmation of a logout whose request does not prove that the user wants it. */
export const confirmLogoutPage = (model: ConfirmLogoutModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Sign out?',
    body: html`${model.user !== undefined && html`<p class="lead">You are signed in as <strong>${model.user}</strong>.</p>`}
${form(
  model.action,
  model.hidden,
  html`<div class="choice">
${button({ label: 'Sign out', name: 'action', value: 'accept' })}
${button({ label: 'Stay signed in', name: 'action', value: 'deny', look: 'secondary' })}
</div>`,
)}`,
  });

import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { type PageOptions, toPage } from './page.ts';

/** POST /u/reset-password/request with `username` and the hidden fields. */
export interface ResetRequestModel extends PageOptions {
  readonly username?: string | undefined;
  /** `client_id`, `connection` and `state`, as far as the link had them. */
  readonly hidden: Readonly<Record<string, string | undefined>>;
  readonly error?: string | undefined;
  readonly signInHref?: string | undefined;
}

/** The page behind "Forgot password?". */
export const resetRequestPage = (model: ResetRequestModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Forgot your password?',
    body: html`<p class="lead">Tell us who you are, and we will send you a link to choose a new one.</p>
${alert(model.error)}
${form('/u/reset-password/request', model.hidden, [
  field({
    name: 'username',
    label: 'Email or username',
    autocomplete: 'username',
    value: model.username,
    more: { autofocus: true, autocapitalize: 'none', spellcheck: 'false' },
  }),
  button({ label: 'Send the link' }),
])}
${model.signInHref !== undefined && html`<p class="switch"><a href="${model.signInHref}">Back to sign in</a></p>`}`,
  });

import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { type PageOptions, toPage } from './page.ts';

/** The form posts to /u/reset-password/request with `username` and the hidden fields. */
export interface ResetRequestModel extends PageOptions {
  readonly username?: string | undefined;
  /** `client_id`, `connection` and `state`, if the link contains them. */
  readonly hidden: Readonly<Record<string, string | undefined>>;
  readonly error?: string | undefined;
  readonly signInHref?: string | undefined;
}

/** The "Forgot password?" page. */
export const resetRequestPage = (model: ResetRequestModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Forgot your password?',
    body: html`<p class="lead">Enter your email or username to receive a link to choose a new password.</p>
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

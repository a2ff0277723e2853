import type { ExplainedRule } from '../users/password-rules.ts';
import type { TenantReply } from '../wire/row.ts';
import { button, fieldsOf, form } from './form.ts';
import { html } from './html.ts';
import { type PageOptions, toPage } from './page.ts';
import { passwordRulesList } from './password-rules-list.ts';

/** The form posts to /u/reset-password with the hidden `ticket`, `password` and `password_confirm`. */
export interface ResetPasswordModel extends PageOptions {
  readonly ticket: string;
  /** The user name, for password managers. */
  readonly user: string;
  readonly rules: readonly ExplainedRule[];
  /** The rules contain the results for a refused password. */
  readonly showResults?: boolean | undefined;
  readonly problems?: { readonly password?: string; readonly password_confirm?: string } | undefined;
}

/** The page of a password reset link. */
export const resetPasswordPage = (model: ResetPasswordModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Choose a new password',
    body: html`<p class="lead">for <strong>${model.user}</strong></p>
${form('/u/reset-password', { ticket: model.ticket }, [
  html`<input class="unseen" type="text" name="username" autocomplete="username" value="${model.user}" readonly tabindex="-1" aria-hidden="true">`,
  fieldsOf([
    {
      name: 'password',
      label: 'New password',
      type: 'password',
      autocomplete: 'new-password',
      error: model.problems?.password,
      hint: passwordRulesList(model.rules, model.showResults ?? false),
    },
    {
      name: 'password_confirm',
      label: 'Repeat new password',
      type: 'password',
      autocomplete: 'new-password',
      error: model.problems?.password_confirm,
    },
  ]),
  button({ label: 'Change password' }),
])}`,
  });

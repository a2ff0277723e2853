import type { TenantReply } from '../wire/row.ts';
import { codeField } from './code-field.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/passwordless with `username` and the hidden `connection`. */
export interface PasswordlessStartModel extends StepModel {
  readonly connection: string;
  readonly channel: 'email' | 'sms';
  readonly username?: string | undefined;
  /** Link to the other connections. */
  readonly signInHref?: string | undefined;
}

/** Asks for the address that a code is sent to. */
export const passwordlessStartPage = (model: PasswordlessStartModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Sign in',
    body: html`<p class="lead">to continue to <strong>${model.application}</strong></p>
${alert(model.error)}
${form('/u/passwordless', { state: model.state, connection: model.connection }, [
  field({
    name: 'username',
    value: model.username,
    ...(model.channel === 'email'
      ? { label: 'Email', type: 'email', autocomplete: 'username' }
      : {
          label: 'Phone number',
          type: 'tel',
          autocomplete: 'tel',
          hint: 'With the country code, such as +1 555 010 0200.',
        }),
  }),
  button({ label: 'Send me a code' }),
])}
${model.signInHref !== undefined && html`<p class="switch"><a href="${model.signInHref}">Sign in another way</a></p>`}`,
  });

/**
 * The form posts to /u/passwordless with `code` and `action` of `continue`, or with `action` of `resend` or `change`.
 */
export interface PasswordlessCodeModel extends StepModel {
  readonly channel: 'email' | 'sms';
  readonly recipient: string;
  /** Sent as hidden fields. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

/** Asks for the code that was sent. */
export const passwordlessCodePage = (model: PasswordlessCodeModel): TenantReply =>
  toPage({
    ...model,
    heading: model.channel === 'email' ? 'Check your email' : 'Check your phone',
    body: html`<p class="lead">We have sent a code to <strong>${model.recipient}</strong>.</p>
${alert(model.error)}
${form('/u/passwordless', { state: model.state, ...model.hidden }, [
  codeField(),
  button({ label: 'Continue', name: 'action', value: 'continue' }),
  button({ label: 'Send a new code', name: 'action', value: 'resend', look: 'link', skipsFields: true }),
  button({
    label: model.channel === 'email' ? 'Use another address' : 'Use another number',
    name: 'action',
    value: 'change',
    look: 'link',
    skipsFields: true,
  }),
])}`,
  });

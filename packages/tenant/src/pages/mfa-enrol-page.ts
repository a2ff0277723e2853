import { renderSVG } from 'uqr';
import type { TenantReply } from '../wire/row.ts';
import { codeField } from './code-field.ts';
import { alert, button, field, form } from './form.ts';
import { type Html, html, trustedHtml } from './html.ts';
import { inFours } from './in-fours.ts';
import { type StepModel, toPage } from './page.ts';

/**
 * The form posts to /u/mfa with `action` of `enrol` and `code`, `phone_number` or `email`; or with `action` of
 * `choose`.
 */
export type MfaEnrolModel = StepModel & {
  readonly otherFactors: boolean;
  /** Sent as hidden fields. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
} & (AppEnrolment | RecipientEnrolment);

interface AppEnrolment {
  readonly kind: 'otp';
  /** Base32. */
  readonly secret: string;
  /** The `otpauth://…` URI of the QR code. */
  readonly uri: string;
}

interface RecipientEnrolment {
  readonly kind: 'sms' | 'email';
  /** The submitted value. */
  readonly recipient?: string | undefined;
}

/** Sets up a second factor: shows a QR code, or asks for the address that codes are sent to. */
export function mfaEnrolPage(model: MfaEnrolModel): TenantReply {
  return toPage({
    ...model,
    heading: 'Secure your account',
    body: html`${alert(model.error)}
${form('/u/mfa', { state: model.state, ...model.hidden }, [
  model.kind === 'otp' ? appFields(model, model.error !== undefined) : recipientField(model),
  button({ label: 'Continue', name: 'action', value: 'enrol' }),
  model.otherFactors &&
    button({ label: 'Try another way', name: 'action', value: 'choose', look: 'link', skipsFields: true }),
])}`,
  });
}

// The user scans first, so the field gets the focus only after a wrong code.
const appFields = ({ uri, secret }: AppEnrolment, autofocus: boolean): Html => html`<ol class="steps">
<li>Scan this code with your authenticator app.
<div class="qr" role="img" aria-label="QR code for your authenticator app">${trustedHtml(renderSVG(uri, { border: 3 }))}</div>
<details><summary>Can’t scan it?</summary><p>Enter this key in the app instead: <code>${inFours(secret)}</code></p></details></li>
<li>Enter the code that the app shows. ${codeField({ autofocus })}</li>
</ol>`;

const recipientField = ({ kind, recipient }: RecipientEnrolment): Html =>
  kind === 'sms'
    ? field({
        name: 'phone_number',
        label: 'Phone number',
        type: 'tel',
        autocomplete: 'tel',
        value: recipient,
        hint: 'With the country code, such as +1 555 010 0200. We will text you a code.',
      })
    : field({
        name: 'email',
        label: 'Email',
        type: 'email',
        autocomplete: 'email',
        value: recipient,
        hint: 'We will send you a code.',
      });

import type { TenantReply } from '../wire/row.ts';
import { button, field, form } from './form.ts';
import { html } from './html.ts';
import { messagePage } from './message-page.ts';
import { type PageOptions, toPage } from './page.ts';

/** The path of both forms. */
export const ACTIVATE_PATH = '/activate';

/** The form posts to /activate with `user_code`. */
export interface DeviceCodeModel extends PageOptions {
  /** The submitted code. */
  readonly value?: string | undefined;
  readonly error?: string | undefined;
}

/** Asks for the code that a device shows (RFC 8628 §3.3). */
export const deviceCodePage = ({ value, error, ...model }: DeviceCodeModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Device Activation',
    body: html`<p class="lead">Enter the code that your device shows.</p>
${form(ACTIVATE_PATH, {}, [
  field({
    name: 'user_code',
    label: 'Code',
    autocomplete: 'off',
    value,
    error,
    more: {
      autofocus: true,
      class: 'code',
      autocapitalize: 'characters',
      spellcheck: 'false',
      maxlength: 40,
    },
  }),
  button({ label: 'Continue' }),
])}`,
  });

/** The form posts to /activate with `user_code` and `action` of `confirm` or `cancel`. */
export interface DeviceConfirmModel extends PageOptions {
  readonly userCode: string;
  readonly application: string;
}

/** Asks whether the device shows this code: a link with a code can come from an attacker (RFC 8628 §5.4). */
export const deviceConfirmPage = ({ userCode, application, ...model }: DeviceConfirmModel): TenantReply =>
  toPage({
    ...model,
    application,
    heading: 'Device Confirmation',
    body: html`<p class="lead">Does your device show this code for <strong>${application}</strong>?</p>
<p class="secret"><code>${userCode}</code></p>
<p>Continue only if the device is yours and you have just started to connect it.</p>
${form(
  ACTIVATE_PATH,
  { user_code: userCode },
  html`<div class="choice">
${button({ label: 'Confirm', name: 'action', value: 'confirm' })}
${button({ label: 'Cancel', name: 'action', value: 'cancel', look: 'secondary' })}
</div>`,
)}`,
  });

/** The end of an activation. */
export const deviceEndPage = (isConnected: boolean): TenantReply =>
  isConnected
    ? messagePage({ tone: 'done', heading: 'Congratulations!', text: 'Your device is now connected.' })
    : messagePage({
        tone: 'error',
        heading: 'Device not connected',
        text: 'To connect it, start again on the device.',
      });

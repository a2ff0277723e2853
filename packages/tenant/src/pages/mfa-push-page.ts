import type { TenantReply } from '../wire/row.ts';
import { alert, button, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/mfa with `action` of `continue`, `resend` or `choose`. */
export interface MfaPushModel extends StepModel {
  readonly otherFactors: boolean;
  /** Sent as hidden fields. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

/** Waits for the response on another device. */
export const mfaPushPage = (model: MfaPushModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Check your device',
    body: html`<p class="lead">We have sent a notification to your device. Approve it there, then continue here.</p>
${alert(model.error)}
${form('/u/mfa', { state: model.state, ...model.hidden }, [
  button({ label: 'Continue', name: 'action', value: 'continue' }),
  button({ label: 'Send it again', name: 'action', value: 'resend', look: 'link' }),
  model.otherFactors && button({ label: 'Try another way', name: 'action', value: 'choose', look: 'link' }),
])}`,
  });

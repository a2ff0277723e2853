import type { TenantReply } from '../wire/row.ts';
import { codeField } from './code-field.ts';
import { alert, button, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

export type CodeChannel = 'otp' | 'sms' | 'email';

/** The form posts to /u/mfa with `code` and `action` of `continue`, or with only `action` of `resend` or `choose`. */
export interface MfaCodeModel extends StepModel {
  readonly channel: CodeChannel;
  /** The masked address that the code was sent to. */
  readonly recipient?: string | undefined;
  /** Whether there is another factor to choose. */
  readonly otherFactors: boolean;
  /** Sent as hidden fields. */
  readonly hidden?: Readonly<Record<string, string>> | undefined;
}

const HEADINGS: Readonly<Record<CodeChannel, string>> = {
  otp: 'Verify it’s you',
  sms: 'Check your phone',
  email: 'Check your email',
};

/** Asks for the code of a second factor. */
export function mfaCodePage(model: MfaCodeModel): TenantReply {
  const { channel, recipient } = model;
  const lead =
    channel === 'otp'
      ? html`Enter the code that your authenticator app shows.`
      : html`We have sent a code${recipient !== undefined && html` to <strong>${recipient}</strong>`}.`;
  return toPage({
    ...model,
    heading: HEADINGS[channel],
    body: html`<p class="lead">${lead}</p>
${alert(model.error)}
${form('/u/mfa', { state: model.state, ...model.hidden }, [
  codeField(),
  button({ label: 'Continue', name: 'action', value: 'continue' }),
  channel !== 'otp' &&
    button({ label: 'Send a new code', name: 'action', value: 'resend', look: 'link', skipsFields: true }),
  model.otherFactors &&
    button({ label: 'Try another way', name: 'action', value: 'choose', look: 'link', skipsFields: true }),
])}`,
  });
}

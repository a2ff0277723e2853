import type { TenantReply } from '../wire/row.ts';
import { alert, button, form } from './form.ts';
import { html } from './html.ts';
import { icon } from './icons.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/mfa with `factor`. */
export interface MfaChoiceModel extends StepModel {
  /** To verify or to enrol a factor. */
  readonly purpose: 'challenge' | 'enrol';
  readonly factors: readonly FactorChoice[];
}

export interface FactorChoice {
  /** Sent as `factor`. */
  readonly id: string;
  readonly kind: 'otp' | 'sms' | 'voice' | 'email' | 'push' | 'recovery-code';
  /** Masked phone number or e-mail address. */
  readonly detail?: string | undefined;
}

const NAMES: Readonly<Record<FactorChoice['kind'], string>> = {
  otp: 'Authenticator app',
  sms: 'Text message',
  voice: 'Phone call',
  email: 'Email',
  push: 'Notification on a device',
  'recovery-code': 'Recovery code',
};

/** Lists the second factors to choose from. */
export const mfaChoicePage = (model: MfaChoiceModel): TenantReply =>
  toPage({
    ...model,
    heading: model.purpose === 'challenge' ? 'Choose another way' : 'Secure your account',
    body: html`<p class="lead">${
      model.purpose === 'challenge'
        ? 'How do you want to verify it’s you?'
        : 'Choose how you want to verify it’s you when you sign in.'
    }</p>
${alert(model.error)}
${form(
  '/u/mfa',
  { state: model.state },
  model.factors.map(({ id, kind, detail }) =>
    button({
      label: html`${icon(kind)}<span>${NAMES[kind]}${detail !== undefined && html` <small>${detail}</small>`}</span>`,
      name: 'factor',
      value: id,
      look: 'secondary row',
    }),
  ),
  'ways',
)}`,
  });

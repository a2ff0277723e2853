import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { html } from './html.ts';
import { inFours } from './in-fours.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/mfa with `code` and `action` of `recover`; or with `action` of `choose`. */
export interface RecoveryCodeModel extends StepModel {
  readonly otherFactors: boolean;
}

/** Asks for the recovery code. */
export const recoveryCodePage = (model: RecoveryCodeModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Use your recovery code',
    body: html`<p class="lead">Enter the recovery code that you saved when you set up your second factor.</p>
${alert(model.error)}
${form('/u/mfa', { state: model.state }, [
  field({
    name: 'code',
    label: 'Recovery code',
    autocomplete: 'off',
    more: { autofocus: true, class: 'code', autocapitalize: 'characters', spellcheck: 'false' },
  }),
  button({ label: 'Continue', name: 'action', value: 'recover' }),
  model.otherFactors &&
    button({ label: 'Try another way', name: 'action', value: 'choose', look: 'link', skipsFields: true }),
])}`,
  });

/** The form posts to /u/mfa with `action` of `saved`. */
export interface NewRecoveryCodeModel extends StepModel {
  readonly code: string;
}

/** Shows a new recovery code, once. */
export const newRecoveryCodePage = (model: NewRecoveryCodeModel): TenantReply =>
  toPage({
    ...model,
    heading: 'Keep your recovery code',
    body: html`<p class="lead">If you lose your second factor, sign in with this code. It works once.</p>
<p class="secret"><code>${inFours(model.code)}</code></p>
${form('/u/mfa', { state: model.state }, [
  html`<label class="check"><input type="checkbox" name="saved" value="yes" required> I have saved it in a safe place</label>`,
  button({ label: 'Continue', name: 'action', value: 'saved' }),
])}`,
  });

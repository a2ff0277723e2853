import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/confirm with `action` of `accept` or `deny`. */
export interface ConfirmModel extends StepModel {
  readonly user: string;
  /** A callback that any local program could receive: a loopback address, or an app's custom scheme. */
  readonly destination: string;
}

/** Asks the user to confirm a first-party sign-in whose callback does not identify its receiver. */
export const confirmPage = (model: ConfirmModel): TenantReply =>
  toPage({
    ...model,
    heading: `Continue to ${model.application}?`,
    body: html`<p class="lead">You are signed in as <strong>${model.user}</strong>.</p>
<p>Continue only if you have just started to sign in to ${model.application} yourself.</p>
${form(
  '/u/confirm',
  { state: model.state },
  html`<div class="choice">
${button({ label: 'Continue', name: 'action', value: 'accept' })}
${button({ label: 'Cancel', name: 'action', value: 'deny', look: 'secondary' })}
</div>`,
)}
<p class="quiet">You will be sent to ${model.destination}</p>`,
  });

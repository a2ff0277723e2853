import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** The form posts to /u/consent with `action` of `accept` or `deny`. */
export interface ConsentModel extends StepModel {
  /** Name of the signed-in user. */
  readonly user: string;
  /** The host of the callback; undefined: a device has asked, and the user stays here. */
  readonly destination: string | undefined;
  /** The requested scopes, in groups. */
  readonly requests: readonly ScopeGroup[];
}

export interface ScopeGroup {
  /** Name of the API, or of the user's profile. */
  readonly name: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string | undefined }[];
}

/** Asks the user to consent to the scopes of an application. */
export const consentPage = (model: ConsentModel): TenantReply =>
  toPage({
    ...model,
    heading: `Authorize ${model.application}`,
    body: html`<p class="lead">Hello <strong>${model.user}</strong>, <strong>${model.application}</strong> requests your permission.</p>
${model.requests.map(
  ({ name, scopes }) => html`<section class="request">
<h2>${name}</h2>
<ul>${scopes.map(({ value, description }) => html`<li>${description ?? value}${description !== undefined && html` <code>${value}</code>`}</li>`)}</ul>
</section>`,
)}
${form(
  '/u/consent',
  { state: model.state },
  html`<div class="choice">
${button({ label: 'Accept', name: 'action', value: 'accept' })}
${button({ label: 'Decline', name: 'action', value: 'deny', look: 'secondary' })}
</div>`,
)}
${model.destination !== undefined && html`<p class="quiet">You will be sent to ${model.destination}.</p>`}`,
  });

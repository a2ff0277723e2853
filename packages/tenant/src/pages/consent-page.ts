import type { TenantReply } from '../wire/row.ts';
import { button, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';

/** POST /u/consent with `action` of `accept` or `deny`. */
export interface ConsentModel extends StepModel {
  /** How the signed-in user is called. */
  readonly user: string;
  /** Where the answer goes: the host of the callback. */
  readonly destination: string;
  /** What is asked for, by what it concerns. */
  readonly requests: readonly ScopeGroup[];
}

export interface ScopeGroup {
  /** Name of the API, or of the user's own data. */
  readonly name: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string | undefined }[];
}

/** The page that asks a user whether an application may have what it wants. */
export const consentPage = (model: ConsentModel): TenantReply =>
  toPage({
    ...model,
    heading: `Authorize ${model.application}`,
    body: html`<p class="lead">Hello <strong>${model.user}</strong>, <strong>${model.application}</strong> asks for your permission.</p>
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
<p class="quiet">You will be sent to ${model.destination}.</p>`,
  });

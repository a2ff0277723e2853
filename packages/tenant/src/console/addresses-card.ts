import { type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

/** The URL lists of an application, with their labels. The id of an input is `url-` and the name of its list. */
const ADDRESSES = {
  callbacks: 'Callback URLs',
  allowed_logout_urls: 'Logout URLs',
  web_origins: 'Web origins',
  allowed_origins: 'Further CORS origins',
} as const satisfies Partial<Record<keyof Client, string>>;

type Addresses = keyof typeof ADDRESSES;
const NAMES = Object.keys(ADDRESSES) as Addresses[];

const valuesOf = (client: Client): FormValues =>
  Object.fromEntries(NAMES.map((name) => [name, client[name]]));

/** The form for an application's URL lists, with one URL per line. */
export const addressesCard = (client: Client, visit: Visit): Html =>
  card({
    id: 'addresses',
    title: 'URLs',
    body: inputForm(
      { visit, action: 'set-addresses', id: 'url', values: valuesOf(client) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`<div class="stack">${NAMES.map((name) => inputs.lines(name, ADDRESSES[name]))}</div>
<p class="hint">One URL per line, compared byte for byte.</p>`,
    ),
  });

/** Saves the URL lists that the form has changed. Throws 409 for a stale form, and the errors of the Management API. */
export async function setAddresses(manage: Manage, client: Client, visit: Visit): Promise<Outcome> {
  const { client_id } = client;
  await manage('PATCH', ['clients', client_id], readChanges(visit, valuesOf(client)));
  return { done: 'addresses_set', client_id };
}

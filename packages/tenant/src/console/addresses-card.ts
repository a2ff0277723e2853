import { type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Outcome, Visit } from './console-page.ts';
import { actionForm, card, labelled } from './elements.ts';
import type { Manage } from './manage.ts';

/** The URL lists of an application, with their labels. */
const ADDRESSES = {
  callbacks: 'Callbacks',
  allowed_logout_urls: 'After logout',
  web_origins: 'Web origins',
  allowed_origins: 'CORS origins',
} as const satisfies Partial<Record<keyof Client, string>>;

type Addresses = keyof typeof ADDRESSES;
const NAMES = Object.keys(ADDRESSES) as Addresses[];

/** The form for an application's URL lists, with one URL per line. */
export function addressesCard(client: Client, visit: Visit): Html {
  const inputs = NAMES.map((name) => {
    const text = visit.fields[name] ?? client[name].join('\n');
    const rows = Math.max(1, text.split('\n').length);
    return labelled(
      name,
      ADDRESSES[name],
      html`<textarea id="${name}" name="${name}" rows="${rows}" spellcheck="false" autocomplete="off">${text}</textarea>`,
    );
  });
  return card({
    id: 'addresses',
    title: 'Addresses',
    body: actionForm(
      visit,
      'set-addresses',
      html`<div class="stack">${inputs}</div>
<p class="hint">One URL per line, compared byte for byte.</p>
<div class="buttons"><button type="submit" class="small">Save</button></div>`,
    ),
  });
}

/** Replaces all URL lists of an application with those of the form. */
export async function setAddresses(manage: Manage, { params, fields }: Visit): Promise<Outcome> {
  const client_id = params['id'] ?? '';
  const lists = NAMES.map((name) => [name, (fields[name] ?? '').split(/\s+/).filter(Boolean)]);
  await manage('PATCH', ['clients', client_id], Object.fromEntries(lists));
  return { done: 'addresses_set', client_id };
}

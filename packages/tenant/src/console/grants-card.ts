import type { TenantContext } from '../context.ts';
import { type Html, html } from '../pages/html.ts';
import type { Client, ClientGrant, ResourceServer } from '../state/settings-documents.ts';
import { type ConsoleDeps, ConsoleRefusal, type Outcome, type Visit } from './console-page.ts';
import { actionButton, card, code, linkTo, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, linesOf, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

type Deps = Pick<TenantContext, 'state'>;

const SUBJECTS = {
  client: 'Its own tokens (client credentials)',
  user: 'Tokens of its users',
};

const grantValues = ({ scope, allow_all_scopes = false }: ClientGrant): FormValues => ({
  scope,
  allow_all_scopes,
});

const scopeOptions = ({ scopes }: ResourceServer) =>
  scopes.map(({ value, description }) => ({ value, label: code(value), hint: description }));

/** A client grant as a form with the scopes of its API. `name` is what the page does not say: its application or its API. */
function grantItem({ state }: Deps, visit: Visit, grant: ClientGrant, name: Html | string): Html {
  const { id, audience, subject_type, scope, allow_all_scopes } = grant;
  const [api] = state.resourceServers.find('identifier', audience);
  const about =
    allow_all_scopes === true ? 'all scopes' : `${scope.length} of ${api?.scopes.length ?? 0} scopes`;
  return html`<div class="line"><span class="what">${name} ${subject_type === 'user' && mark('for users')}</span>
<span class="by">${actionButton(visit, 'remove-grant', 'Remove', { hidden: { grant: id }, about: `the grant for ${audience}` })}</span></div>
<details id="${`grant-${id}`}"${visit.fields['grant'] === id && html` open`}><summary>${about}</summary>
${inputForm(
  { visit, action: 'set-grant', id: `grant-${id}`, values: grantValues(grant), hidden: { grant: id } },
  { label: 'Save the scopes', look: 'small primary' },
  (inputs) => html`${inputs.checks('scope', 'Scopes', api ? scopeOptions(api) : [])}
${inputs.check('allow_all_scopes', 'All scopes, also future ones')}`,
)}</details>`;
}

/** The form that grants scopes of an API to one of these applications. Undefined if there are none. */
function newGrantForm(visit: Visit, api: ResourceServer, clients: readonly Client[]): Html | undefined {
  const [first, ...others] = clients;
  if (!first) return undefined;
  const hidden: Readonly<Record<string, string>> = {
    audience: api.identifier,
    ...(others.length === 0 && { client: first.client_id }),
  };
  const isOpen = Object.entries({ action: 'add-grant', ...hidden }).every(
    ([name, value]) => visit.fields[name] === value,
  );
  const names = Object.fromEntries(clients.map(({ client_id, name }) => [client_id, name]));
  const values = {
    client: first.client_id,
    scope: [],
    allow_all_scopes: false,
    subject_type: first.is_first_party ? 'client' : 'user',
  };
  const form = inputForm(
    { visit, action: 'add-grant', id: `add-${api.id}`, hidden, values },
    { label: 'Authorize', look: 'small primary' },
    (inputs) => html`<div class="fields">${others.length > 0 && inputs.select('client', 'Application', names)}
${inputs.select('subject_type', 'For', SUBJECTS)}</div>
${inputs.checks('scope', 'Scopes', scopeOptions(api))}
${inputs.check('allow_all_scopes', 'All scopes, also future ones')}`,
  );
  const summary = others.length === 0 ? `Authorize for ${api.name}` : 'Authorize an application';
  return html`<details id="${`new-grant-${api.id}`}"${isOpen && html` open`}><summary>${summary}</summary>
${form}</details>`;
}

/** The APIs that an application may call, and those that it can be authorized for. */
export function grantsOfClientCard(
  { context }: Pick<ConsoleDeps, 'context'>,
  visit: Visit,
  client: Client,
): Html {
  const { state } = context;
  const grants = state.clientGrants.find('client_id', client.client_id);
  const own = new Set(grants.map(({ audience, subject_type }) => `${subject_type} ${audience}`));
  const subject = client.is_first_party ? 'client' : 'user';
  const free = state.resourceServers.list().filter(({ identifier }) => !own.has(`${subject} ${identifier}`));
  const apiName = (identifier: string) => {
    const [api] = state.resourceServers.find('identifier', identifier);
    return api ? linkTo('apis', api.id, api.name) : identifier;
  };
  return card({
    id: 'grants',
    title: 'API access',
    body: html`${list(
      grants.map((grant) => grantItem(context, visit, grant, apiName(grant.audience))),
      'No client grants: it cannot get tokens with client credentials.',
      'foldable',
    )}
${free.map((api) => newGrantForm(visit, api, [client]))}`,
  });
}

/** The applications that may call an API, and those that can be authorized for it. */
export function grantsOfApiCard(
  { context }: Pick<ConsoleDeps, 'context'>,
  visit: Visit,
  api: ResourceServer,
): Html {
  const { state } = context;
  const grants = state.clientGrants.list().filter(({ audience }) => audience === api.identifier);
  const own = new Set(grants.map(({ client_id }) => client_id));
  const free = state.clients.list().filter(({ client_id }) => !own.has(client_id));
  const clientName = ({ client_id, default_for }: ClientGrant) => {
    const client = client_id === undefined ? undefined : state.clients.get(client_id);
    return client ? linkTo('applications', client.client_id, client.name) : (client_id ?? default_for ?? '');
  };
  return card({
    id: 'grants',
    title: 'Authorized applications',
    body: html`${list(
      grants.map((grant) => grantItem(context, visit, grant, clientName(grant))),
      'No application has a client grant.',
      'foldable',
    )}
${newGrantForm(visit, api, free)}`,
  });
}

/** The actions of both cards. They throw the errors of the Management API. */
export const grantActions = ({ state }: Deps, manage: Manage) => ({
  'add-grant': async ({ fields }: Visit): Promise<Outcome> => {
    const { audience = '', client: client_id = '', subject_type = 'client' } = fields;
    const all = fields['allow_all_scopes'] === 'yes';
    const scope = all ? { scope: [], allow_all_scopes: true } : { scope: linesOf(fields['scope']) };
    await manage('POST', ['client-grants'], { client_id, audience, subject_type, ...scope });
    return { done: 'grant_added', client_id };
  },
  'set-grant': async (visit: Visit): Promise<Outcome> => {
    const id = visit.fields['grant'] ?? '';
    const grant = state.clientGrants.get(id);
    if (!grant) throw new ConsoleRefusal('The client grant no longer exists.', 404);
    const changes = readChanges(visit, grantValues(grant));
    const all = changes['allow_all_scopes'] ?? grant.allow_all_scopes ?? false;
    await manage('PATCH', ['client-grants', id], all === true ? { ...changes, scope: [] } : changes);
    return { done: 'grant_saved', ...(grant.client_id !== undefined && { client_id: grant.client_id }) };
  },
  'remove-grant': async ({ fields }: Visit): Promise<Outcome> => {
    await manage('DELETE', ['client-grants', fields['grant'] ?? '']);
    return { done: 'grant_removed' };
  },
});

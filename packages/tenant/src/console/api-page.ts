import { SYSTEM_MEMBERS } from '../management/resource-servers/resource-server-body.ts';
import { type Html, html } from '../pages/html.ts';
import type { ResourceServer } from '../state/settings-documents.ts';
import { type ConsoleDeps, type ConsolePage, requireExisting, type Visit } from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { actionButton, asJson, card, code, list, mark } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, pickChanges, readChanges } from './form-values.ts';
import { grantActions, grantsOfApiCard } from './grants-card.ts';
import type { Manage } from './manage.ts';

const ALGORITHMS = { RS256: 'RS256', RS512: 'RS512', PS256: 'PS256', HS256: 'HS256, with the API’s secret' };
const DIALECTS = {
  access_token: 'Auth0',
  access_token_authz: 'Auth0, with permissions',
  rfc9068_profile: 'RFC 9068',
  rfc9068_profile_authz: 'RFC 9068, with permissions',
};
const USER_POLICIES = {
  allow_all: 'All applications',
  require_client_grant: 'Applications with a client grant for users',
  deny_all: 'None',
};
const CLIENT_POLICIES = { require_client_grant: 'Applications with a client grant', deny_all: 'None' };
const LIFETIMES = ['token_lifetime', 'token_lifetime_for_web'] as const;
const POLICIES = ['user', 'client'] as const;

/** The stored values of the form. Of the Management API itself, only some can be changed. */
function valuesOf(api: ResourceServer): FormValues {
  const { user, client } = api.subject_type_authorization;
  const all = {
    name: api.name,
    ...Object.fromEntries(LIFETIMES.map((name) => [name, api[name]])),
    signing_alg: api.signing_alg,
    token_dialect: api.token_dialect,
    user: user?.policy ?? 'allow_all',
    client: client?.policy ?? 'require_client_grant',
    allow_offline_access: api.allow_offline_access,
    enforce_policies: api.enforce_policies,
    skip_consent_for_verifiable_first_party_clients: api.skip_consent_for_verifiable_first_party_clients,
  };
  const isOpen = (name: string) =>
    !api.is_system || SYSTEM_MEMBERS.has(name) || POLICIES.some((policy) => policy === name);
  return Object.fromEntries(Object.entries(all).filter(([name]) => isOpen(name)));
}

/** GET /console/apis/:id: an API's settings, its scopes, and the applications that may call it. */
export function apiPage(deps: ConsoleDeps, manage: Manage): ConsolePage {
  const { state } = deps.context;
  const findApi = ({ params }: Visit) => state.resourceServers.get(params['id'] ?? '');
  const requireApi = (visit: Visit) => requireExisting(findApi(visit), 'API');
  const change = (api: ResourceServer, body: object) => manage('PATCH', ['resource-servers', api.id], body);
  return {
    path: '/apis/:id',
    section: 'apis',
    show: (visit) => {
      const api = findApi(visit);
      if (!api) return undefined;
      const { signing_secret: _secret, ...settings } = api;
      return {
        title: api.name,
        marks: api.is_system ? mark('system') : undefined,
        lead: html`Audience ${code(api.identifier)}`,
        body: html`<div class="cards packed">
${settingsCard(api, visit)}
${scopesCard(api, visit)}
${grantsOfApiCard(deps, visit, api)}
${!api.is_system && deleteCard(visit, 'API', api.name, 'Its client grants, permissions and consents go with it.')}
</div>
${asJson('api-json', settings)}`,
      };
    },
    actions: {
      'set-api': async (visit) => {
        const api = requireApi(visit);
        const changes = readChanges(visit, valuesOf(api));
        const policies = Object.entries(pickChanges(changes, POLICIES) ?? {});
        const members = Object.entries(changes).filter(
          ([name]) => !POLICIES.some((policy) => policy === name),
        );
        await change(api, {
          ...Object.fromEntries(members),
          ...(policies.length > 0 && {
            subject_type_authorization: Object.fromEntries(
              policies.map(([name, policy]) => [name, { policy }]),
            ),
          }),
        });
        return { done: 'api_saved' };
      },
      'add-scope': async (visit) => {
        const api = requireApi(visit);
        const { value = '', description = '' } = visit.fields;
        const scope = {
          value: value.trim(),
          ...(description.trim() !== '' && { description: description.trim() }),
        };
        await change(api, { scopes: [...api.scopes, scope] });
        return { done: 'scope_added' };
      },
      'remove-scope': async (visit) => {
        const api = requireApi(visit);
        await change(api, { scopes: api.scopes.filter(({ value }) => value !== visit.fields['scope']) });
        return { done: 'scope_removed' };
      },
      ...grantActions(deps.context, manage),
      delete: async (visit) => {
        requireSure(visit, 'API');
        await manage('DELETE', ['resource-servers', requireApi(visit).id]);
        return { done: 'api_deleted', to: '/console/apis' };
      },
    },
  };
}

const settingsCard = (api: ResourceServer, visit: Visit): Html =>
  card({
    id: 'api-settings',
    title: 'Settings',
    body: inputForm(
      { visit, action: 'set-api', values: valuesOf(api) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`<div class="stack">
${!api.is_system && inputs.text('name', 'Name', { more: { required: true, maxlength: 200 } })}
${inputs.text('token_lifetime', 'Lifetime of access tokens, in seconds', { type: 'number' })}
${inputs.text('token_lifetime_for_web', 'Lifetime for implicit and hybrid flows, in seconds', { type: 'number' })}
${
  !api.is_system &&
  html`${inputs.select('signing_alg', 'Signature', ALGORITHMS)}
${inputs.select('token_dialect', 'Access tokens', DIALECTS)}`
}
${inputs.select('user', 'Applications that get tokens of users', USER_POLICIES)}
${inputs.select('client', 'Applications that get tokens of their own', CLIENT_POLICIES)}
</div>
${
  !api.is_system &&
  html`${inputs.check('allow_offline_access', 'Refresh tokens', html`for the scope <code>offline_access</code>`)}
${inputs.check('enforce_policies', 'RBAC', 'users get only scopes that they have permissions for')}`
}
${inputs.check('skip_consent_for_verifiable_first_party_clients', 'No consent for first-party applications')}`,
    ),
  });

function scopesCard(api: ResourceServer, visit: Visit): Html {
  const lines = api.scopes.map(
    ({
      value,
      description,
    }) => html`<div class="line"><span class="what">${code(value)}${description !== undefined && html` <span class="soft">${description}</span>`}</span>
<span class="by">${!api.is_system && actionButton(visit, 'remove-scope', 'Remove', { hidden: { scope: value }, about: `the scope ${value}` })}</span></div>`,
  );
  const shown = list(lines, 'No scopes.');
  return card({
    id: 'scopes',
    title: 'Scopes',
    body: html`${
      lines.length <= 20
        ? shown
        : html`<details id="all-scopes"><summary>${lines.length} scopes</summary>${shown}</details>`
    }
${
  !api.is_system &&
  inputForm(
    { visit, action: 'add-scope', values: { value: '', description: '' } },
    { label: 'Add', look: 'small' },
    (
      inputs,
    ) => html`<div class="fields">${inputs.text('value', 'Scope', { more: { required: true, maxlength: 280, placeholder: 'read:orders' } })}
${inputs.text('description', 'Description', { more: { maxlength: 500 } })}</div>`,
  )
}`,
  });
}

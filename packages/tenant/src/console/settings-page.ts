import { readSettings } from '../management/settings/tenant-settings-rows.ts';
import { html } from '../pages/html.ts';
import type { State } from '../state/state.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { type Inputs, inputForm } from './form-inputs.ts';
import { type FormValues, pickChanges, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

/** The flags and switches that change what this tenant does, with their labels. Auth0's other ones are stored only. */
const FLAGS = {
  enable_public_signup_user_exists_error: 'A sign-up with a known address is refused with user_exists',
  enable_dynamic_client_registration: 'Dynamic client registration at /oidc/register',
  use_scope_descriptions_for_consent: 'The consent page shows the descriptions of scopes',
  enable_client_connections: 'New applications get the default directory, email and sms',
} as const;
const SWITCHES = {
  pushed_authorization_requests_supported: 'Pushed authorization requests (PAR)',
  authorization_response_iss_parameter_supported: 'Authorization responses have iss (RFC 9207)',
  skip_non_verifiable_callback_uri_confirmation_prompt:
    'No confirmation page for callbacks that any program can receive',
  allow_organization_name_in_authentication_api: 'Requests and tokens may name organizations by name',
  client_id_metadata_document_supported: 'Client ID Metadata Documents in discovery',
} as const;
const PROFILES = {
  audience: 'Only audience names the API',
  compatibility: 'resource (RFC 8707) names it too',
};

const FLAG_NAMES = Object.keys(FLAGS);

function valuesOf(state: State): FormValues {
  const settings = readSettings({ state });
  const { flags, extra = {} } = settings;
  const own: Readonly<Record<string, unknown>> = { ...settings, ...extra };
  const text = (name: string): string => (typeof own[name] === 'string' ? own[name] : '');
  return {
    default_directory: settings.default_directory,
    default_audience: settings.default_audience,
    default_redirection_uri: text('default_redirection_uri'),
    resource_parameter_profile: settings.resource_parameter_profile,
    session_lifetime: settings.session_lifetime,
    idle_session_lifetime: settings.idle_session_lifetime,
    allowed_logout_urls: settings.allowed_logout_urls,
    ...Object.fromEntries(Object.keys(SWITCHES).map((name) => [name, own[name] === true])),
    ...Object.fromEntries(
      // A new application gets the connections unless the flag is off.
      FLAG_NAMES.map((name) => [name, flags[name] ?? name === 'enable_client_connections']),
    ),
  };
}

/** GET /console/settings: the settings of the tenant that have an effect here. */
export const settingsPage = ({ context: { state } }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/settings',
  section: 'settings',
  show: (visit) => ({
    title: 'Tenant settings',
    lead: 'Settings of the tenant that have an effect here. The Management API stores Auth0’s other ones.',
    body: card({
      id: 'tenant-settings',
      title: 'General',
      look: 'wide',
      body: inputForm({ visit, action: 'save', values: valuesOf(state) }, { label: 'Save' }, (inputs) =>
        draw(state, inputs),
      ),
    }),
  }),
  actions: { save: (visit) => save(state, manage, visit) },
});

function draw({ connections, resourceServers }: State, inputs: Inputs) {
  const databases = connections.list().filter(({ strategy }) => strategy === 'auth0');
  const apis = resourceServers.list();
  const optional = (entries: readonly (readonly [string, string])[]) => ({
    '': 'None',
    ...Object.fromEntries(entries),
  });
  const checks = (labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).map(([name, label]) => inputs.check(name, label));
  return html`<div class="fields">
${inputs.select('default_directory', 'Default directory', optional(databases.map(({ name }) => [name, name])), 'The database of grant_type=password.')}
${inputs.select('default_audience', 'Default audience', optional(apis.map(({ identifier, name }) => [identifier, name])), 'The API of requests without audience.')}
${inputs.select('resource_parameter_profile', 'Resource parameter', PROFILES)}
${inputs.text('session_lifetime', 'Lifetime of sessions, in hours', { type: 'number', more: { step: 'any' } })}
${inputs.text('idle_session_lifetime', 'Lifetime without use, in hours', { type: 'number', more: { step: 'any' } })}
${inputs.text('default_redirection_uri', 'Default login URI', { hint: 'Where links of invitations lead without a login URI of the application.', more: { maxlength: 2048 } })}
${inputs.lines('allowed_logout_urls', 'Logout URLs without client_id', 'One URL per line.')}
</div>
<h3>Switches</h3>${checks(SWITCHES)}
<h3>Flags</h3>${checks(FLAGS)}`;
}

async function save(state: State, manage: Manage, visit: Visit): Promise<Outcome> {
  const changes = readChanges(visit, valuesOf(state));
  const flags = pickChanges(changes, FLAG_NAMES);
  const members = Object.entries(changes).filter(([name]) => !FLAG_NAMES.includes(name));
  await manage('PATCH', ['tenants', 'settings'], { ...Object.fromEntries(members), ...(flags && { flags }) });
  return { done: 'settings_saved' };
}

import { type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

const ACTION = 'set-application';

const TYPES = {
  spa: 'Single-page application',
  regular_web: 'Web application',
  native: 'Native application',
  non_interactive: 'Machine to machine',
};
const METHODS = {
  client_secret_post: 'Client secret, in the body',
  client_secret_basic: 'Client secret, in the Authorization header',
  none: 'None: a public client, which must use PKCE',
};
const USAGES = {
  deny: 'Individuals only',
  allow: 'Individuals, and members of organizations',
  require: 'Members of organizations only',
};
const BEHAVIORS = {
  no_prompt: 'No page: the application names it',
  pre_login_prompt: 'A page before the sign-in',
  post_login_prompt: 'A page after the sign-in',
};

/** The stored values of the form. A client that authenticates with keys has no method to choose. */
const valuesOf = (client: Client): FormValues => ({
  name: client.name,
  description: client.description,
  app_type: client.app_type,
  ...(client.token_endpoint_auth_method !== null && {
    token_endpoint_auth_method: client.token_endpoint_auth_method,
  }),
  initiate_login_uri: client.initiate_login_uri ?? '',
  organization_usage: client.organization_usage,
  organization_require_behavior: client.organization_require_behavior ?? 'no_prompt',
  require_pushed_authorization_requests: client.require_pushed_authorization_requests,
});

/** The form for an application's name, type, authentication and organizations. */
export const applicationSettingsCard = (client: Client, visit: Visit): Html =>
  card({
    id: 'application-settings',
    title: 'Settings',
    body: inputForm(
      { visit, action: ACTION, values: valuesOf(client) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`<div class="stack">
${inputs.text('name', 'Name', { more: { required: true, maxlength: 255 } })}
${inputs.text('description', 'Description', { more: { maxlength: 140 } })}
${inputs.select('app_type', 'Type', TYPES)}
${
  client.token_endpoint_auth_method !== null &&
  inputs.select(
    'token_endpoint_auth_method',
    'Authentication at the token endpoint',
    METHODS,
    'A public client cannot have the grant type client credentials.',
  )
}
${inputs.text('initiate_login_uri', 'Login URI', { hint: 'Where links of invitations lead.', more: { maxlength: 2048 } })}
${inputs.select('organization_usage', 'Who signs in', USAGES)}
${inputs.select('organization_require_behavior', 'How users choose their organization', BEHAVIORS)}
${inputs.check('require_pushed_authorization_requests', 'Require pushed authorization requests (PAR)')}
</div>`,
    ),
  });

/** Saves what the form has changed. Throws 409 for a stale form, and the errors of the Management API. */
export async function setApplication(manage: Manage, client: Client, visit: Visit): Promise<Outcome> {
  const { client_id } = client;
  await manage('PATCH', ['clients', client_id], readChanges(visit, valuesOf(client)));
  return { done: 'application_saved', client_id };
}

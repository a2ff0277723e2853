import { GRANTS } from '../grants/grants.ts';
import { type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import { DEFAULT_LIFETIME_S } from '../tokens/id-token.ts';
import type { Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { inputForm, type Option } from './form-inputs.ts';
import { type FormValues, pickChanges, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

const ACTION = 'set-tokens';

/** Labels of the grant types. */
const LABELS: Readonly<Record<string, string>> = {
  authorization_code: 'Authorization code',
  refresh_token: 'Refresh token',
  client_credentials: 'Client credentials',
  password: 'Password',
  'http://auth0.com/oauth/grant-type/password-realm': 'Password with a connection (realm)',
  'http://auth0.com/oauth/grant-type/passwordless/otp': 'Passwordless code',
  'http://auth0.com/oauth/grant-type/mfa-otp': 'MFA: code of an app',
  'http://auth0.com/oauth/grant-type/mfa-oob': 'MFA: text, mail or push',
  'http://auth0.com/oauth/grant-type/mfa-recovery-code': 'MFA: recovery code',
  'urn:ietf:params:oauth:grant-type:device_code': 'Device code',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'Token exchange',
  'urn:okta:params:oauth:grant-type:webauthn': 'Passkey',
};
/** The grant types that the token endpoint serves. */
const GRANT_TYPES = [...GRANTS.keys()];
const OPTIONS: readonly Option[] = GRANT_TYPES.map((value) => ({ value, label: LABELS[value] ?? value }));

const ROTATIONS = {
  rotating: 'Rotate at each use',
  'non-rotating': 'Stay the same',
};
const EXPIRATIONS = { expiring: 'Expire', 'non-expiring': 'Do not expire' };
const ALGORITHMS = { RS256: 'RS256', PS256: 'PS256', HS256: 'HS256, with the client secret' };

const REFRESH = [
  'rotation_type',
  'expiration_type',
  'leeway',
  'infinite_token_lifetime',
  'token_lifetime',
  'infinite_idle_token_lifetime',
  'idle_token_lifetime',
] as const;
const ID_TOKEN = ['alg', 'lifetime_in_seconds'];

/** The stored values of the form, in the order of its boxes. */
function valuesOf({ grant_types, refresh_token: refresh, jwt_configuration: jwt }: Client): FormValues {
  const known = GRANT_TYPES.filter((type) => grant_types.includes(type));
  return {
    grant_types: [...known, ...grant_types.filter((type) => !known.includes(type))],
    ...Object.fromEntries(REFRESH.map((name) => [name, refresh[name]])),
    alg: jwt.alg ?? 'RS256',
    lifetime_in_seconds: jwt.lifetime_in_seconds ?? DEFAULT_LIFETIME_S,
  };
}

/** The form for an application's grant types, refresh tokens and ID tokens. */
export const tokenSettingsCard = (client: Client, visit: Visit): Html =>
  card({
    id: 'token-settings',
    title: 'Grant types and tokens',
    body: inputForm(
      { visit, action: ACTION, values: valuesOf(client) },
      { label: 'Save', look: 'small primary' },
      (inputs) => html`${inputs.checks('grant_types', 'Grant types', OPTIONS)}
<h3>Refresh tokens</h3>
<div class="fields">
${inputs.select('rotation_type', 'Rotation', ROTATIONS)}
${inputs.text('leeway', 'Leeway, in seconds', { type: 'number', hint: 'How long the previous token stays valid.' })}
${inputs.select('expiration_type', 'Expiration', EXPIRATIONS)}
${inputs.text('token_lifetime', 'Lifetime, in seconds', { type: 'number' })}
${inputs.text('idle_token_lifetime', 'Lifetime without use, in seconds', { type: 'number' })}
</div>
${inputs.check('infinite_token_lifetime', 'No maximum lifetime')}
${inputs.check('infinite_idle_token_lifetime', 'No maximum lifetime without use')}
<h3>ID tokens</h3>
<div class="fields">
${inputs.select('alg', 'Signature', ALGORITHMS)}
${inputs.text('lifetime_in_seconds', 'Lifetime, in seconds', { type: 'number' })}
</div>`,
    ),
  });

/** Saves what the form has changed. Throws 409 for a stale form, and the errors of the Management API. */
export async function setTokens(manage: Manage, client: Client, visit: Visit): Promise<Outcome> {
  const { client_id } = client;
  const changes = readChanges(visit, valuesOf(client));
  const refresh = pickChanges(changes, REFRESH);
  const { rotation_type, expiration_type } = client.refresh_token;
  const jwt_configuration = pickChanges(changes, ID_TOKEN);
  await manage('PATCH', ['clients', client_id], {
    ...pickChanges(changes, ['grant_types']),
    // The Management API wants both types with every change.
    ...(refresh && { refresh_token: { rotation_type, expiration_type, ...refresh } }),
    ...(jwt_configuration && { jwt_configuration }),
  });
  return { done: 'application_saved', client_id };
}

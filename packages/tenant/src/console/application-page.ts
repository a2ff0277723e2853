import { toCredentials } from '../clients/credentials.ts';
import { html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import { DEFAULT_LIFETIME_S } from '../tokens/id-token.ts';
import { addressesCard, setAddresses } from './addresses-card.ts';
import { kindOf } from './applications-page.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  ConsoleRefusal,
  type Outcome,
  type Visit,
} from './console-page.ts';
import { actionButton, asJson, card, code, facts, mark, words } from './elements.ts';
import { grantList } from './grant-list.ts';
import type { Manage } from './manage.ts';
import { formatDuration } from './times.ts';

const SECRET_NAME = 'client_secret';

/** GET /console/applications/:id. The secret is shown only on request. */
export const applicationPage = ({ context, control }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/applications/:id',
  section: 'applications',
  show: (visit) => {
    const { state } = context;
    const client = state.clients.get(visit.params['id'] ?? '');
    if (!client) return undefined;
    const { client_id, client_secret: _secret, ...settings } = client;
    const { jwt_configuration: jwt } = client;
    const connections = state.connections
      .list()
      .filter(({ enabled_clients }) => enabled_clients.includes(client_id))
      .map(({ name }) => name);
    return {
      title: client.name,
      marks: client.is_first_party ? undefined : mark('third party'),
      lead: client.description === '' ? undefined : client.description,
      body: html`<div class="cards packed">
${credentialsCard(client, visit)}
${addressesCard(client, visit)}
${card({
  id: 'rules',
  title: 'Sign-in',
  body: facts([
    ['Grant types', words(client.grant_types)],
    ['Connections', words(connections)],
    [
      'ID tokens',
      `${jwt.alg ?? 'RS256'}, valid for ${formatDuration(jwt.lifetime_in_seconds ?? DEFAULT_LIFETIME_S)}`,
    ],
    ['Refresh tokens', refreshRules(client)],
  ]),
})}
${card({
  id: 'grants',
  title: 'Client grants',
  body: grantList(
    context,
    state.clientGrants.find('client_id', client_id),
    'None: it cannot get tokens with client_credentials.',
  ),
})}
</div>
<div class="buttons">${actionButton(visit, 'revoke', 'Revoke all its tokens', { look: 'small danger' })}
<a class="button small" href="${`/console/log?q=${encodeURIComponent(client_id)}`}">Log</a></div>
${asJson('client-json', { client_id, ...settings })}`,
    };
  },
  actions: {
    'show-secret': () => ({ reveals: SECRET_NAME }),
    'rotate-secret': (visit) => rotateSecret(manage, visit),
    revoke: ({ params }) => {
      const client_id = params['id'] ?? '';
      if (!control.revokeClient(client_id))
        throw new ConsoleRefusal('The application no longer exists.', 404);
      return { done: 'client_revoked', client_id };
    },
    'set-addresses': (visit) => setAddresses(manage, visit),
  },
});

function credentialsCard(client: Client, visit: Visit) {
  const { client_id, client_secret } = toCredentials(client);
  const method = client.token_endpoint_auth_method;
  const shown =
    client_secret === undefined
      ? html`<span class="soft">none: ${method === 'none' ? 'a public client' : 'authenticates with a key'}</span>`
      : visit.reveals === SECRET_NAME
        ? html`<code class="secret">${client_secret}</code>`
        : html`<div class="buttons">${actionButton(visit, 'show-secret', 'Show the secret')}${actionButton(visit, 'rotate-secret', 'Rotate the secret')}</div>`;
  return card({
    id: 'credentials',
    title: 'Credentials',
    body: facts([
      ['Client id', code(client_id)],
      ['Client secret', shown],
      ['Authenticates by', method ?? 'private_key_jwt'],
      ['Kind', kindOf(client)],
      [
        'Party',
        client.is_first_party
          ? 'first'
          : `third${client.third_party_security_mode === undefined ? '' : `, ${client.third_party_security_mode}`}`,
      ],
    ]),
  });
}

async function rotateSecret(manage: Manage, { params }: Visit): Promise<Outcome> {
  const client_id = params['id'] ?? '';
  await manage('POST', ['clients', client_id, 'rotate-secret']);
  return { done: 'secret_rotated', client_id };
}

function refreshRules({ refresh_token: rules }: Client): string {
  if (rules.rotation_type === 'non-rotating')
    return rules.expiration_type === 'expiring' ? 'expire' : 'never change';
  return `rotate, with ${rules.leeway} s of leeway`;
}

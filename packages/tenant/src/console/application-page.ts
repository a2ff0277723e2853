import { toCredentials } from '../clients/credentials.ts';
import { html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import { addressesCard, setAddresses } from './addresses-card.ts';
import { applicationConnectionsCard, setConnections } from './application-connections-card.ts';
import { applicationSettingsCard, setApplication } from './application-settings-card.ts';
import { kindOf } from './applications-page.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  ConsoleRefusal,
  type Outcome,
  requireExisting,
  type Visit,
} from './console-page.ts';
import { deleteCard, requireSure } from './delete-card.ts';
import { actionButton, asJson, card, code, facts, mark } from './elements.ts';
import { grantActions, grantsOfClientCard } from './grants-card.ts';
import type { Manage } from './manage.ts';
import { addUrls, recipeCard } from './recipe-card.ts';
import { setTokens, tokenSettingsCard } from './token-settings-card.ts';

const SECRET_NAME = 'client_secret';

/** GET /console/applications/:id: an application's settings. The secret is shown only on request. */
export function applicationPage(deps: ConsoleDeps, manage: Manage): ConsolePage {
  const { context, control } = deps;
  const { state } = context;
  const findClient = ({ params }: Visit) => state.clients.get(params['id'] ?? '');
  const requireClient = (visit: Visit) => requireExisting(findClient(visit), 'application');
  return {
    path: '/applications/:id',
    section: 'applications',
    show: (visit) => {
      const client = findClient(visit);
      if (!client) return undefined;
      const { client_id, client_secret: _secret, ...settings } = client;
      const isMachine = client.app_type === 'non_interactive';
      const grantsCard = grantsOfClientCard(deps, visit, client);
      return {
        title: client.name,
        marks: html`${mark(kindOf(client))} ${!client.is_first_party && mark('third party')}`,
        lead: client.description === '' ? undefined : client.description,
        body: html`<div class="cards">
${credentialsCard(client, visit)}
${recipeCard(deps, client, visit, visit.reveals === SECRET_NAME)}
</div>
<div class="cards packed">
${isMachine && grantsCard}
${addressesCard(client, visit)}
${applicationSettingsCard(client, visit)}
${tokenSettingsCard(client, visit)}
${applicationConnectionsCard(context, client, visit)}
${!isMachine && grantsCard}
${deleteCard(visit, 'application', client.name, 'Its tokens, client grants and consents go with it.')}
</div>
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
      'add-urls': (visit) => addUrls(deps, manage, requireClient(visit), visit),
      'set-addresses': (visit) => setAddresses(manage, requireClient(visit), visit),
      'set-application': (visit) => setApplication(manage, requireClient(visit), visit),
      'set-tokens': (visit) => setTokens(manage, requireClient(visit), visit),
      'set-connections': (visit) => setConnections(context, manage, requireClient(visit), visit),
      ...grantActions(context, manage),
      delete: async (visit) => {
        requireSure(visit, 'application');
        const { client_id } = requireClient(visit);
        await manage('DELETE', ['clients', client_id]);
        return { done: 'application_deleted', to: '/console/applications', client_id };
      },
    },
  };
}

function credentialsCard(client: Client, visit: Visit) {
  const { client_id, client_secret } = toCredentials(client);
  const method = client.token_endpoint_auth_method;
  const shown =
    client_secret === undefined
      ? html`<span class="soft">none: ${method === 'none' ? 'a public client' : 'authenticates with a key'}</span>`
      : visit.reveals === SECRET_NAME
        ? html`<code class="secret">${client_secret}</code>`
        : html`<div class="buttons">${actionButton(visit, 'show-secret', 'Show', { about: 'the secret' })}${actionButton(visit, 'rotate-secret', 'Rotate', { about: 'the secret' })}</div>`;
  return card({
    id: 'credentials',
    title: 'Credentials',
    look: 'wide',
    aside: html`<div class="buttons"><a class="button small" href="${`/console/log?q=${encodeURIComponent(client_id)}`}">Log</a>
${actionButton(visit, 'revoke', 'Revoke all its tokens', { look: 'small danger' })}</div>`,
    body: facts([
      ['Client id', code(client_id)],
      ['Client secret', shown],
      ['Authenticates by', method === null && 'private_key_jwt'],
      [
        'Third party',
        !client.is_first_party && (client.third_party_security_mode ?? 'without a security mode'),
      ],
    ]),
  });
}

async function rotateSecret(manage: Manage, { params }: Visit): Promise<Outcome> {
  const client_id = params['id'] ?? '';
  await manage('POST', ['clients', client_id, 'rotate-secret']);
  return { done: 'secret_rotated', client_id };
}

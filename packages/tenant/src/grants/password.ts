import { toEventBody } from '../actions/event-parts.ts';
import { parseScope, scopeForPassword } from '../authorization/scopes.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import { signInWithPassword } from '../users/sign-in-with-password.ts';
import { missingParameter, oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';
import { completeSignIn } from './user-sign-in.ts';

export const unknownAudience = () =>
  oauthError(400, 'invalid_request', 'invalid audience specified for password grant exchange', {
    hint: 'unknown_audience',
  });

/** RFC 6749 §4.3: signs in to the default directory, or to the `realm` if one is given. */
export const password: Grant = passwordGrant((realm, context) => {
  const name = realm ?? context.state.settings.get()?.default_directory ?? '';
  if (name !== '') return name;
  throw oauthError(500, 'server_error', 'Authorization server not configured with default connection.', {
    hint: 'no_default_directory',
  });
});

/** Auth0's extension: the password grant with a required `realm`. */
export const passwordRealm: Grant = passwordGrant((realm) => {
  if (realm === undefined) throw missingParameter('realm');
  return realm;
});

function passwordGrant(realmOf: (realm: string | undefined, context: TenantContext) => string): Grant {
  return {
    success: 'sepft',
    failure: 'fepft',
    publicClients: true,
    async exchange(context, { client, body, jkt, ip, userAgent }) {
      const identifier = body.required('username');
      const secret = body.required('password');
      requireNoOrganization(client, body);
      const requested = parseScope(body.raw('scope'));
      const connection = requireConnection(context, realmOf(body.text('realm'), context), client);
      const api = findUserApi(context, body.text('audience'), unknownAudience);
      if (api) requireUserAccess(context, client, api);
      const user = await signInWithPassword(context, { connection, identifier, password: secret, ip });
      return completeSignIn(context, {
        client,
        user,
        connection: connection.name,
        api,
        asked: scopeForPassword(requested, api),
        gty: 'password',
        jkt,
        amr: ['pwd'],
        protocol: 'oauth2-password',
        request: { ip, userAgent, method: 'POST', body: toEventBody(body) },
      });
    },
  };
}

function requireConnection({ state }: TenantContext, realm: string, client: Client): Connection {
  const connection =
    state.connections.find('name', realm)[0] ??
    state.connections.list().find(({ realms }) => realms.includes(realm));
  const usable = connection?.strategy === 'auth0' && connection.enabled_clients.includes(client.client_id);
  if (connection && usable) return connection;
  throw oauthError(400, 'invalid_request', 'the connection was disabled', { hint: 'connection_disabled' });
}

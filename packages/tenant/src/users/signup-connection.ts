import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import { bareError, oauthError } from '../wire/errors.ts';

/**
 * The database connection that a client may create users in. `clientId` is optional, as on Auth0. Throws 401
 * `invalid_client`, or 400 if the connection is disabled for the client or disables sign-up.
 */
export function requireSignupConnection(
  { state }: Pick<TenantContext, 'state'>,
  clientId: string | undefined,
  name: string,
): Connection {
  const client = clientId === undefined ? undefined : state.clients.get(clientId);
  if (clientId !== undefined && !client)
    throw oauthError(401, 'invalid_client', `Unknown client: ${clientId}`, { hint: 'wrong_client_secret' });
  const [connection] = state.connections.find('name', name);
  const enabled = clientId === undefined || connection?.enabled_clients.includes(clientId) === true;
  const open = enabled && client?.third_party_security_mode !== 'strict';
  if (connection?.strategy !== 'auth0' || !open) {
    throw bareError(
      400,
      `connection is disabled (client_id: ${clientId ?? 'global'} - connection: ${name})`,
      {
        hint: 'connection_disabled',
      },
    );
  }
  if (connection.options.disable_signup === true)
    throw bareError(400, 'public signup is disabled', { hint: 'signup_disabled' });
  return connection;
}

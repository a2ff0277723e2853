import { connectionsOf, directoryOf } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';

/** The grant type of the native passkey API; its name is Auth0's. */
export const WEBAUTHN_GRANT = 'urn:okta:params:oauth:grant-type:webauthn';

/**
 * The database of a passkey ceremony: `realm`, or the default directory. Throws 400 `invalid_request` if the client cannot
 * use it, or if it has no passkeys.
 */
export function requirePasskeyConnection(
  context: Pick<TenantContext, 'state'>,
  client: Client,
  realm: string | undefined,
): Connection {
  const connection = directoryOf(context, connectionsOf(context, client), realm);
  if (!connection)
    throw oauthError(400, 'invalid_request', 'the connection was disabled', { hint: 'connection_disabled' });
  if (allowsPasskeys(connection)) return connection;
  throw oauthError(400, 'invalid_request', 'Passkeys are not enabled for the connection', {
    hint: 'passkeys_disabled',
  });
}

function allowsPasskeys({ options }: Connection): boolean {
  const passkey: unknown = Reflect.get(Object(options['authentication_methods']), 'passkey');
  return Reflect.get(Object(passkey), 'enabled') === true;
}

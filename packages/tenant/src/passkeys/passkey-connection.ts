import { allowsPasskeys, directoryOf } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import type { Connection } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';

/** The grant type of the native passkey API; its name is Auth0's. */
export const WEBAUTHN_GRANT = 'urn:okta:params:oauth:grant-type:webauthn';

/**
 * The database of a passkey ceremony among the usable connections: `realm`, or the default directory. Throws 400
 * `invalid_request` if it is not usable, or if it has no passkeys.
 */
export function requirePasskeyConnection(
  context: Pick<TenantContext, 'state'>,
  usable: readonly Connection[],
  realm: string | undefined,
): Connection {
  const connection = directoryOf(context, usable, realm);
  if (!connection)
    throw oauthError(400, 'invalid_request', 'the connection was disabled', { hint: 'connection_disabled' });
  if (allowsPasskeys(connection)) return connection;
  throw oauthError(400, 'invalid_request', 'Passkeys are not enabled for the connection', {
    hint: 'passkeys_disabled',
  });
}

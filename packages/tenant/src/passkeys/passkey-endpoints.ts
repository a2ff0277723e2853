import { connectionsOf } from '../authorization/client-connections.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import { requireGrantAllowed } from '../clients/require-grant-allowed.ts';
import type { TenantContext } from '../context.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import { requireSignupConnection } from '../users/signup-connection.ts';
import { oauthError } from '../wire/errors.ts';
import { toParameters } from '../wire/parameters.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { requirePasskeyConnection, WEBAUTHN_GRANT } from './passkey-connection.ts';
import { toSignUpError } from './passkey-errors.ts';
import { startSignIn, startSignUp } from './start-ceremony.ts';

/** POST /passkey/register and /passkey/challenge: the first steps of a sign-up and of a sign-in with a passkey. */
export function passkeyEndpoints(context: TenantContext): Endpoint[] {
  const row = (path: string, start: (client: Client, request: TenantRequest) => TenantReply): Endpoint => ({
    method: 'POST',
    path,
    forBrowsers: true,
    async handle(request) {
      const { body, headers } = request;
      const authenticated = await authenticateClient(context, body, headers.authorization);
      requireGrantAllowed(authenticated, WEBAUTHN_GRANT, true);
      requireNoOrganization(authenticated.client, body);
      return start(authenticated.client, request);
    },
  });
  const connectionFor = (client: Client, { body }: TenantRequest): Connection =>
    requirePasskeyConnection(context, connectionsOf(context, client), body.text('realm'));
  return [
    row('/passkey/register', (client, request) => {
      const { body } = request;
      try {
        const connection = connectionFor(client, request);
        requireSignupConnection(context, client.client_id, connection.name);
        const given = body.raw('user_profile');
        if (typeof given !== 'object' || given === null)
          throw oauthError(400, 'invalid_request', 'user_profile must be an object');
        const parameters = toParameters({ ...given, user_metadata: body.raw('user_metadata') });
        return startSignUp(context, client, connection, parameters);
      } catch (error) {
        throw toSignUpError(error);
      }
    }),
    row('/passkey/challenge', (client, request) =>
      startSignIn(context, client, connectionFor(client, request)),
    ),
  ];
}

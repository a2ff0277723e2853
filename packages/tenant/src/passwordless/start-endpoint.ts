import { authenticateClient } from '../clients/authenticate-client.ts';
import { callerIp } from '../clients/caller-ip.ts';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import { findUser } from '../users/find-user.ts';
import { oauthError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { magicLink } from './magic-link.ts';
import { parseStart, type StartRequest } from './parse-start.ts';
import { bad, missing } from './passwordless-errors.ts';
import { allowsSignUp, idOfAddress } from './passwordless-user.ts';
import { requireStartAllowed } from './require-start-allowed.ts';
import { sendPasswordless } from './send-passwordless.ts';

export const PASSWORDLESS_GRANT = 'http://auth0.com/oauth/grant-type/passwordless/otp';

/**
 * POST /passwordless/start: sends a code or a magic link. The response is the same for every address; only a connection
 * with sign-up disabled reveals an unknown address, as on Auth0.
 */
export const startEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/passwordless/start',
  forBrowsers: true,
  async handle({ body, headers, ip }) {
    if (body.text('client_id') === undefined) throw missing('client_id');
    const authenticated = await authenticateClient(context, body, headers.authorization);
    const { client } = authenticated;
    const address = callerIp(authenticated, headers['auth0-forwarded-for'], ip);
    requireStartAllowed(context, address);
    const start = parseStart(context, body, client);
    requireSendable(context, client, start);
    const { connection } = start;
    const toLink = start.send === 'link' ? magicLink(context, client, start) : undefined;
    const { client_id: holder } = client;
    sendPasswordless(context, { connection, address: start.address, client, holder, toLink, headers });
    return { body: toReply(start), headers: { 'cache-control': 'no-store' } };
  },
});

function requireSendable(
  context: TenantContext,
  client: Client,
  { connection, address, send }: StartRequest,
) {
  if (send === 'code' && !client.grant_types.includes(PASSWORDLESS_GRANT))
    throw oauthError(
      403,
      'unauthorized_client',
      `Grant type '${PASSWORDLESS_GRANT}' not allowed for the client.`,
      { hint: 'passwordless_grant' },
    );
  if (!allowsSignUp(connection) && !findUser(context.state, connection, address))
    throw bad('connection', 'Public signup is disabled', 'signup_disabled');
}

const toReply = ({ connection, address }: StartRequest): object => {
  const _id = idOfAddress(connection, address);
  return connection.strategy === 'email'
    ? { _id, email: address, email_verified: false }
    : { _id, phone_number: address, phone_verified: false };
};

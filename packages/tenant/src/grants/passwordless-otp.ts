import { toEventBody } from '../actions/event-parts.ts';
import { parseScope, scopeForPassword } from '../authorization/scopes.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import { findPasswordless } from '../passwordless/passwordless-connection.ts';
import { signInWithCode } from '../passwordless/sign-in-with-code.ts';
import { oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';
import { unknownAudience } from './password.ts';
import { completeSignIn } from './user-sign-in.ts';

/** Auth0's extension: signs in with a code sent by mail or text. The code is consumed before any `await`. */
export const passwordlessOtp: Grant = {
  success: undefined,
  failure: 'f',
  publicClients: true,
  async exchange(context, { client, body, jkt, ip, userAgent }) {
    const identifier = body.required('username');
    const code = body.required('otp');
    const realm = body.required('realm');
    requireNoOrganization(client, body);
    const requested = parseScope(body.raw('scope'));
    const connection = findPasswordless(context, client, realm);
    if (!connection)
      throw oauthError(400, 'invalid_request', 'the connection was disabled', {
        hint: 'passwordless_connection',
      });
    const api = findUserApi(context, body.text('audience'), unknownAudience);
    if (api) requireUserAccess(context, client, api);
    const user = signInWithCode(context, { connection, identifier, code, holder: client.client_id, ip });
    const asked = scopeForPassword(requested, api);
    return completeSignIn(context, {
      client,
      user,
      connection: connection.name,
      api,
      asked,
      gty: undefined,
      jkt,
      amr: [connection.strategy],
      protocol: 'oauth2-resource-owner',
      request: { ip, userAgent, method: 'POST', body: toEventBody(body) },
    });
  },
};

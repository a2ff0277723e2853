import { toEventBody } from '../actions/event-parts.ts';
import { connectionsOf } from '../authorization/client-connections.ts';
import { parseScope, scopeForPassword } from '../authorization/scopes.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import { readAuthnResponse } from '../passkeys/authn-response.ts';
import { signInWithPasskey } from '../passkeys/sign-in-with-passkey.ts';
import type { Grant } from './grant.ts';
import { unknownAudience } from './password.ts';
import { completeSignIn } from './user-sign-in.ts';

/** Auth0's extension: completes a sign-up or a sign-in with a passkey. */
export const webauthn: Grant = {
  success: undefined,
  failure: 'f',
  publicClients: true,
  async exchange(context, { client, body, jkt, ip, userAgent }) {
    const authSession = body.required('auth_session');
    const response = readAuthnResponse(body);
    requireNoOrganization(client, body);
    const requested = parseScope(body.raw('scope'));
    const api = findUserApi(context, body.text('audience'), unknownAudience);
    if (api) requireUserAccess(context, client, api);
    const request = { ip, userAgent, method: 'POST', body: toEventBody(body) };
    const connections = connectionsOf(context, client);
    const attempt = { client, connections, authSession, realm: body.text('realm'), response, request };
    const { user, connection } = await signInWithPasskey(context, attempt);
    return completeSignIn(context, {
      client,
      user,
      connection: connection.name,
      api,
      asked: scopeForPassword(requested, api),
      gty: undefined,
      jkt,
      amr: ['passkey'],
      protocol: 'oauth2-resource-owner',
      request,
    });
  },
};

import type { TenantContext } from '../context.ts';
import { missingParameter, oauthError } from '../errors.ts';
import { digest, randomToken } from '../random.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { beginFamily } from '../tokens/refresh-families.ts';
import { parseScope, scopeForPassword } from '../tokens/scopes.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { recordLogin, signInWithPassword } from '../users/sign-in-with-password.ts';
import type { Grant } from './grant.ts';
import { findUserApi, requireUserAccess } from './user-api.ts';
import { grantScopeFor } from './user-scope.ts';

const mfaTokenMs = 10 * 60 * 1000;

const unknownAudience = () =>
  oauthError(400, 'invalid_request', 'invalid audience specified for password grant exchange', {
    hint: 'unknown_audience',
  });

/** RFC 6749 §4.3: signs in to the default directory, or to the `realm` where one is named. */
export const password: Grant = passwordGrant((realm, context) => {
  const name = realm ?? context.state.settings.get()?.default_directory ?? '';
  if (name !== '') return name;
  throw oauthError(500, 'server_error', 'Authorization server not configured with default connection.', {
    hint: 'no_default_directory',
  });
});

/** Auth0's extension: the same with a `realm` that must be named. */
export const passwordRealm: Grant = passwordGrant((realm) => {
  if (realm === undefined) throw missingParameter('realm');
  return realm;
});

function passwordGrant(realmOf: (realm: string | undefined, context: TenantContext) => string): Grant {
  return {
    success: 'sepft',
    failure: 'fepft',
    publicClients: true,
    async exchange(context, { client, body, ip }) {
      const identifier = body.required('username');
      const secret = body.required('password');
      const requested = parseScope(body.raw('scope'));
      const connection = requireConnection(context, realmOf(body.text('realm'), context), client);
      const api = findUserApi(context, body.text('audience'), unknownAudience);
      if (api) requireUserAccess(context, client, api);
      const proven = await signInWithPassword(context, { connection, identifier, password: secret, ip });
      const asked = scopeForPassword(requested, api);
      const scope = grantScopeFor(context, { client, userId: proven.user_id, api, requested: asked });
      requireNoSecondFactor(context, { client, user: proven, audience: api?.identifier, scope });
      const user = recordLogin(context, proven, ip);
      const gty = 'password';
      const audience = api?.identifier;
      const refreshToken = scope.includes('offline_access')
        ? beginFamily(context, { client, userId: user.user_id, audience, scope, gty })
        : undefined;
      const reply = await makeUserTokens(context, { client, user, api, scope, gty, refreshToken });
      const about = {
        user_id: user.user_id,
        user_name: user.email ?? user.name,
        connection: connection.name,
      };
      context.log.record({ type: 's', ...about, client_id: client.client_id, client_name: client.name, ip });
      return { reply, log: { ...about, audience, scope: scope.join(' ') } };
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

/** Throws 403 `mfa_required` with an `mfa_token` where the user has enrolled a second factor. */
function requireNoSecondFactor(
  { state, clock }: TenantContext,
  signIn: { client: Client; user: User; audience: string | undefined; scope: readonly string[] },
): void {
  const { client, user, audience, scope } = signIn;
  const factors = state.authenticators.find('user_id', user.user_id).filter((factor) => factor.active);
  if (factors.length === 0) return;
  const mfa_token = randomToken();
  state.mfaTickets.put({
    id: digest(mfa_token),
    user_id: user.user_id,
    client_id: client.client_id,
    audience,
    scope,
    expires_ms: clock.now() + mfaTokenMs,
  });
  const challenge = [...new Set(factors.map((factor) => factor.authenticator_type))].map((type) => ({
    type,
  }));
  throw oauthError(403, 'mfa_required', 'Multifactor authentication required', {
    userId: user.user_id,
    members: { mfa_token, mfa_requirements: { challenge } },
  });
}

import { grantScopeFor } from '../authorization/user-scope.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import { issueMfaToken } from '../factors/mfa-ticket.ts';
import { nextFactor } from '../factors/next-factor.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { beginFamily } from '../tokens/refresh-families.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { recordLogin } from '../users/sign-in-with-password.ts';
import { oauthError } from '../wire/errors.ts';
import type { GrantResult } from './grant.ts';

/** A user who has authenticated at /oauth/token. */
export interface UserSignIn {
  readonly client: Client;
  readonly user: User;
  /** Name of the connection that they signed in with. */
  readonly connection: string;
  /** Undefined: the access token will be opaque. */
  readonly api: ResourceServer | undefined;
  /** The requested scopes. */
  readonly asked: readonly string[];
  readonly gty: string | undefined;
  /** Thumbprint of the key of the request's DPoP proof. */
  readonly jkt: string | undefined;
  readonly ip: string;
}

/**
 * Completes a sign-in after its first factor. Throws 403 `mfa_required` with an `mfa_token` if a second factor is
 * required.
 */
export function finishFirstFactor(context: TenantContext, signIn: UserSignIn): Promise<GrantResult> {
  const { client, user, connection, api, asked, gty, ip } = signIn;
  const step = nextFactor(context, user, { ip });
  if (!step) return completeSignIn(context, signIn);
  const mfa_token = issueMfaToken(context, {
    user_id: user.user_id,
    client_id: client.client_id,
    connection,
    audience: api?.identifier,
    scope: asked,
    gty,
  });
  const types = step.types.map((type) => ({ type }));
  const mfa_requirements = step.kind === 'enrol' ? { enroll: types } : { challenge: types };
  throw oauthError(403, 'mfa_required', 'Multifactor authentication required', {
    userId: user.user_id,
    members: { mfa_token, mfa_requirements },
  });
}

/** Issues the tokens of a fully authenticated user and records the sign-in. */
export async function completeSignIn(context: TenantContext, signIn: UserSignIn): Promise<GrantResult> {
  const { client, api, asked, gty, ip, connection } = signIn;
  const jkt = toBinding(client, api, signIn.jkt);
  const user = recordLogin(context, signIn.user, ip);
  const scope = grantScopeFor(context, { client, userId: user.user_id, api, requested: asked });
  const audience = api?.identifier;
  const refreshToken = scope.includes('offline_access')
    ? beginFamily(context, { client, userId: user.user_id, audience, scope, gty, jkt })
    : undefined;
  const reply = await makeUserTokens(context, { client, user, api, scope, gty, refreshToken, jkt });
  const about = { user_id: user.user_id, user_name: user.email ?? user.name, connection };
  context.log.record({ type: 's', ...about, client_id: client.client_id, client_name: client.name, ip });
  return { reply, log: { ...about, audience, scope: scope.join(' ') } };
}

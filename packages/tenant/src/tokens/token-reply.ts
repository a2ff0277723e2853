import { permissionsOf } from '../authorization/permissions.ts';
import { publicIdOf } from '../clients/metadata-client.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import type { TokenEffects } from '../state/action-documents.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { type AccessToken, makeApiToken, makeOpaqueToken } from './access-token.ts';
import { customAccessClaims } from './apply-effects.ts';
import { makeIdToken } from './id-token.ts';
import { organizationClaims } from './organization-claims.ts';

/** The token response (RFC 6749 §5.1), with OpenID Connect's `id_token`. */
export interface TokenReply {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly id_token?: string | undefined;
  readonly scope?: string | undefined;
  readonly expires_in: number;
  readonly token_type: AccessToken['tokenType'];
}

/** A user's authorization of a client, whichever grant type it came from. */
export interface UserAuthorization {
  readonly client: Client;
  readonly user: User;
  /** Undefined: the access token is opaque. */
  readonly api: ResourceServer | undefined;
  readonly scope: readonly string[];
  readonly gty: string | readonly string[] | undefined;
  readonly refreshToken?: string | undefined;
  /** Further claims of the ID token: `sid`, `nonce`, `auth_time`. */
  readonly session?: Readonly<Record<string, unknown>> | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** What Actions have changed, except for the scopes: `scope` has those already. */
  readonly effects?: TokenEffects | undefined;
  /** Thumbprint of the key of the request's DPoP proof. `makeUserTokens` decides whether the token is bound to it. */
  readonly jkt: string | undefined;
  /** Issued by /authorize through the browser. */
  readonly forWeb?: boolean | undefined;
}

/** Issues the tokens of a user's authorization. */
export async function makeUserTokens(context: TenantContext, of: UserAuthorization): Promise<TokenReply> {
  const { client, user, scope } = of;
  const session = {
    ...of.effects?.idToken,
    ...organizationClaims(context.state, of.organization),
    ...of.session,
  };
  const [access, id_token] = await Promise.all([
    makeUserAccessToken(context, of),
    scope.includes('openid') ? makeIdToken(context, client, user, scope, session) : undefined,
  ]);
  return {
    access_token: access.token,
    ...(of.refreshToken !== undefined && { refresh_token: of.refreshToken }),
    ...(id_token !== undefined && { id_token }),
    ...(scope.length > 0 && { scope: scope.join(' ') }),
    expires_in: access.expiresInS,
    token_type: access.tokenType,
  };
}

/** Issues only the access token. Throws 400 if it must be bound to a key and the request has no proof. */
export function makeUserAccessToken(
  context: TenantContext,
  of: UserAuthorization,
): AccessToken | Promise<AccessToken> {
  const { client, user, api, scope, gty } = of;
  const { organization, forWeb } = of;
  const jkt = toBinding(client, api, of.jkt);
  if (!api)
    return makeOpaqueToken(context, {
      userId: user.user_id,
      clientId: client.client_id,
      scope,
      forWeb,
      jkt,
    });
  const permissions = api.enforce_policies
    ? permissionsOf(context.state, user.user_id, api, organization?.id)
    : undefined;
  return makeApiToken(context, api, {
    subject: user.user_id,
    clientId: publicIdOf(client),
    scope,
    gty,
    permissions,
    organization,
    custom: customAccessClaims(of.effects, api),
    forWeb,
    jkt,
  });
}

import { findApi } from '../authorization/find-api.ts';
import type { TenantContext } from '../context.ts';
import { toBinding } from '../dpop/binding.ts';
import { digest } from '../lib/random.ts';
import { requireMembership } from '../organizations/token-organization.ts';
import type { AuthorizationCode, GrantedSignIn } from '../state/browser-documents.ts';
import { beginFamily } from '../tokens/refresh-families.ts';
import { signInClaims } from '../tokens/sign-in-claims.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { oauthError, type WireError } from '../wire/errors.ts';
import { type GrantResult, type TokenRequest, toTokenLog } from './grant.ts';

interface Redeemed {
  /** The error if the user or the API of the sign-in has been deleted. */
  readonly invalid: (userId: string) => WireError;
  /** Receives which tokens have been issued, as soon as they exist. */
  readonly onIssued?: (issued: Pick<AuthorizationCode, 'family_id' | 'opaque_token_id'>) => void;
}

/** Issues the tokens of a browser sign-in. The caller has consumed its code. */
export async function issueSignInTokens(
  context: TenantContext,
  { client, jkt }: Pick<TokenRequest, 'client' | 'jkt'>,
  signIn: GrantedSignIn,
  { invalid, onIssued = () => undefined }: Redeemed,
): Promise<GrantResult> {
  const { user, api } = requireParties(context, signIn, invalid);
  const { scope, request, effects } = signIn;
  const { organization } = request;
  const session = signInClaims(request, signIn);
  const refreshToken = scope.includes('offline_access')
    ? beginFamily(context, {
        client,
        userId: user.user_id,
        audience: api?.identifier,
        scope,
        gty: undefined,
        jkt: toBinding(client, api, jkt),
        session,
        organization,
      })
    : undefined;
  if (refreshToken !== undefined)
    onIssued({ family_id: context.state.refreshTokens.get(digest(refreshToken))?.family_id });
  const reply = await makeUserTokens(context, {
    client,
    user,
    api,
    scope,
    gty: undefined,
    refreshToken,
    jkt,
    session: { ...session, ...(request.nonce !== undefined && { nonce: request.nonce }) },
    organization,
    effects,
  });
  if (!api) onIssued({ opaque_token_id: digest(reply.access_token) });
  return { reply, log: toTokenLog(user, api, scope) };
}

/** The current user and API of a sign-in. */
function requireParties(
  context: TenantContext,
  { user_id, request }: GrantedSignIn,
  invalid: Redeemed['invalid'],
) {
  const user = context.state.users.get(user_id);
  if (!user) throw invalid(user_id);
  if (user.blocked === true)
    throw oauthError(403, 'invalid_grant', 'user is blocked', { userId: user_id, hint: 'user_blocked' });
  requireMembership(context.state, request.organization, user_id);
  const api = request.audience === undefined ? undefined : findApi(context, request.audience);
  if (request.audience !== undefined && !api) throw invalid(user_id);
  return { user, api };
}

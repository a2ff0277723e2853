import { findApi } from '../authorization/find-api.ts';
import { verifiesChallenge } from '../authorize/pkce.ts';
import type { TenantContext } from '../context.ts';
import { requireSameKey, toBinding } from '../dpop/binding.ts';
import { digest } from '../lib/random.ts';
import { requireMembership } from '../organizations/token-organization.ts';
import type { AuthorizationCode } from '../state/browser-documents.ts';
import { consumeCode, recordIssued } from '../tokens/codes.ts';
import { beginFamily } from '../tokens/refresh-families.ts';
import { signInClaims } from '../tokens/sign-in-claims.ts';
import { makeUserTokens } from '../tokens/token-reply.ts';
import { oauthError, unauthorizedClient } from '../wire/errors.ts';
import type { Grant, TokenRequest } from './grant.ts';

const invalidCode = (userId?: string) =>
  oauthError(403, 'invalid_grant', 'Invalid authorization code', { userId });

/** RFC 6749 §4.1.3 with PKCE. The code is consumed before the first `await`, even if another check fails. */
export const authorizationCode: Grant = {
  success: 'seacft',
  failure: 'feacft',
  publicClients: true,
  async exchange(context, { client, body, jkt }) {
    const code = consumeCode(context, client.client_id, body.required('code'));
    if (!code) throw invalidCode();
    requireProof(code, { client, body });
    requireSameKey(code.request.dpop_jkt, jkt);
    const { user, api } = requireParties(context, code);
    const { scope, request, effects } = code;
    const boundTo = toBinding(client, api, jkt);
    const session = signInClaims(request, code);
    const { organization } = request;
    const about = {
      client,
      userId: user.user_id,
      audience: api?.identifier,
      scope,
      gty: undefined,
      jkt: boundTo,
    };
    const refreshToken = scope.includes('offline_access')
      ? beginFamily(context, { ...about, session, organization })
      : undefined;
    if (refreshToken !== undefined)
      recordIssued(context, code, {
        family_id: context.state.refreshTokens.get(digest(refreshToken))?.family_id,
      });
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
    if (!api) recordIssued(context, code, { opaque_token_id: digest(reply.access_token) });
    return {
      reply,
      log: {
        user_id: user.user_id,
        user_name: user.email ?? user.name,
        audience: api?.identifier,
        scope: scope.join(' '),
      },
    };
  },
};

/** Throws unless the exchange names the callback of the code, if any, and the verifier matches the challenge. */
function requireProof(
  code: AuthorizationCode,
  { client, body }: Pick<TokenRequest, 'client' | 'body'>,
): void {
  const { request, user_id: userId } = code;
  const redirectUri = body.text('redirect_uri');
  if (redirectUri !== undefined && redirectUri !== request.redirect_uri)
    throw oauthError(
      403,
      'unauthorized_client',
      `The redirect URI is wrong. You sent ${redirectUri}, and we expected ${request.redirect_uri}`,
      { userId, hint: 'callback_mismatch' },
    );
  // For a public client, the verifier is the only proof.
  if (client.token_endpoint_auth_method === 'none' && request.code_challenge === undefined)
    throw unauthorizedClient('public_client_pkce');
  if (!verifiesChallenge(request, body.text('code_verifier')))
    throw oauthError(403, 'invalid_grant', 'Failed to verify code verifier', { userId });
}

/** The current user of the code. */
function requireParties(context: TenantContext, { user_id, request }: AuthorizationCode) {
  const user = context.state.users.get(user_id);
  if (!user) throw invalidCode(user_id);
  if (user.blocked === true)
    throw oauthError(403, 'invalid_grant', 'user is blocked', { userId: user_id, hint: 'user_blocked' });
  requireMembership(context.state, request.organization, user_id);
  const api = request.audience === undefined ? undefined : findApi(context, request.audience);
  if (request.audience !== undefined && !api) throw invalidCode(user_id);
  return { user, api };
}

import { verifiesChallenge } from '../authorize/pkce.ts';
import { requireSameKey } from '../dpop/binding.ts';
import type { AuthorizationCode } from '../state/browser-documents.ts';
import { consumeCode, recordIssued } from '../tokens/codes.ts';
import { oauthError, unauthorizedClient } from '../wire/errors.ts';
import type { Grant, TokenRequest } from './grant.ts';
import { issueSignInTokens } from './sign-in-tokens.ts';

const invalidCode = (userId?: string) =>
  oauthError(403, 'invalid_grant', 'Invalid authorization code', { userId });

/** RFC 6749 §4.1.3 with PKCE. The code is consumed before the first `await`, even if another check fails. */
export const authorizationCode: Grant = {
  success: 'seacft',
  failure: 'feacft',
  publicClients: true,
  async exchange(context, request) {
    const { client, body, jkt } = request;
    const code = consumeCode(context, client.client_id, body.required('code'));
    if (!code) throw invalidCode();
    requireProof(code, request);
    requireSameKey(code.request.dpop_jkt, jkt);
    return issueSignInTokens(context, request, code, {
      invalid: invalidCode,
      onIssued: (issued) => recordIssued(context, code, issued),
    });
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

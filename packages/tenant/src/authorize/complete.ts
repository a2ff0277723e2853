import { createHash } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { useSession } from '../sessions/browser-session.ts';
import { mintCode } from '../tokens/codes.ts';
import { makeIdToken } from '../tokens/id-token.ts';
import { organizationClaims } from '../tokens/organization-claims.ts';
import { signInClaims } from '../tokens/sign-in-claims.ts';
import { makeUserAccessToken } from '../tokens/token-reply.ts';
import { recordLogin } from '../users/sign-in-with-password.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { toAuthorizationResponse, withCookies } from './authorization-response.ts';
import { answerDevice } from './device-response.ts';
import { clearTransactionCookie, transactionNotFound } from './login-transaction.ts';
import { apiOf, type SignInParties, scopeToGrant } from './pending-step.ts';
import { record } from './record.ts';

/**
 * Completes a sign-in that has no steps left and sends the response to the client, or to the device that polls for it. The transaction is removed before
 * the first `await`, so that of two parallel last steps only one gets a response.
 */
export async function complete(
  context: TenantContext,
  request: TenantRequest,
  parties: SignInParties,
  cookies: readonly string[],
): Promise<TenantReply> {
  const { state } = context;
  const { client, transaction } = parties;
  const { sid, user_id, auth_time_ms, amr, fresh, request: asked } = transaction;
  const isWhole = sid !== undefined && user_id !== undefined && auth_time_ms !== undefined;
  if (
    !isWhole ||
    !state.loginTransactions.remove(transaction.id) ||
    !useSession(context, sid, client.client_id)
  )
    throw transactionNotFound();
  const scope = scopeToGrant(context, parties);
  const user = fresh ? recordLogin(context, parties.user, parties.ip) : parties.user;
  const signIn = { sid, amr, auth_time_ms };
  const granted = { ...signIn, request: asked, user_id, scope, effects: transaction.actions?.tokens };
  const device = asked.device_id === undefined ? undefined : answerDevice(context, asked.device_id, granted);
  const code = asked.response_types.includes('code') ? mintCode(context, granted) : undefined;
  record(context, request, client, {
    type: asked.prompt.includes('none') ? 'ssa' : 's',
    user_id,
    user_name: user.email ?? user.name,
    connection: transaction.connection,
    organization_id: asked.organization?.id,
    organization_name: asked.organization?.name,
  });
  const tokens = await makeFrontTokens(context, { ...parties, user }, signIn, scope, code);
  const response = device ?? toAuthorizationResponse(context, asked, { code, ...tokens });
  return withCookies(response, [...cookies, clearTransactionCookie(transaction)]);
}

/** The tokens of the front channel, for the implicit and hybrid flows. */
async function makeFrontTokens(
  context: TenantContext,
  { client, user, transaction: { request, actions } }: SignInParties,
  signIn: Parameters<typeof signInClaims>[1],
  scope: readonly string[],
  code: string | undefined,
) {
  const { organization, nonce, response_types: types } = request;
  const access = types.includes('token')
    ? await makeUserAccessToken(context, {
        client,
        user,
        api: apiOf(context, request),
        scope,
        gty: undefined,
        // A front-channel request carries no DPoP proof.
        jkt: undefined,
        organization,
        effects: actions?.tokens,
        forWeb: true,
      })
    : undefined;
  const claims = {
    ...actions?.tokens.idToken,
    ...organizationClaims(context.state, organization),
    ...signInClaims(request, signIn),
    ...(nonce !== undefined && { nonce }),
    ...(access && { at_hash: leftHalf(access.token) }),
    ...(code !== undefined && { c_hash: leftHalf(code) }),
  };
  return {
    ...(access && {
      access_token: access.token,
      ...(scope.length > 0 && { scope: scope.join(' ') }),
      expires_in: access.expiresInS,
      token_type: 'Bearer',
    }),
    ...(types.includes('id_token') && { id_token: await makeIdToken(context, client, user, scope, claims) }),
  };
}

/** `at_hash` and `c_hash` (OpenID Connect Core §3.3.2.11) for RS256 and HS256, the two ID token algorithms. */
const leftHalf = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

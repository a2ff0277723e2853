import { GatewayError } from '../errors.ts';
import type { AcceptTokens } from './accept-tokens.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import type { IdTokenTerms } from './id-token.ts';
import type { TenantCall } from './tenant-call.ts';
import { isSuccess, type MfaChallenge, present, toMfaChallenge, type UserTokens } from './token-answer.ts';

/** The parameters of an authorization code flow. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** S256 (RFC 7636 §4.2). */
  readonly codeChallenge: string;
  readonly scope: string;
  readonly audience: string;
  /** Further parameters, such as `login_hint`. */
  readonly hints: Readonly<Record<string, string | undefined>>;
}

export interface CodeGrant extends IdTokenTerms {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string | undefined;
}

/** Sign-in and sign-out at the tenant's pages. All functions throw GatewayError. */
export interface Authorization {
  /** The URL that starts a sign-in in the browser; with a pushed request if so configured (RFC 9126). */
  toAuthorizationUrl(request: AuthorizationRequest): Promise<string>;
  /** @throws GatewayError `invalid_code`, `access_denied` */
  exchangeCode(grant: CodeGrant): Promise<UserTokens | MfaChallenge>;
  /** The URL that ends the browser's session at the tenant; never with an `id_token_hint`. */
  toLogoutUrl(returnTo: string, options: { readonly isFederated: boolean }): string;
}

export interface AuthorizationOptions {
  readonly call: TenantCall;
  readonly clientId: string;
  /** The tenant's origin for browsers. */
  readonly browserOrigin: string;
  readonly authenticateClient: ClientAuthentication;
  readonly acceptSignIn: AcceptTokens;
  readonly usePar: boolean;
}

function toRequestUri(body: unknown): string {
  const uri =
    typeof body === 'object' && body !== null && 'request_uri' in body ? body.request_uri : undefined;
  if (typeof uri !== 'string') throw new GatewayError('tenant_error', { reason: 'par_answer' });
  return uri;
}

export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { call, clientId, browserOrigin, authenticateClient, acceptSignIn, usePar } = options;
  const toUrl = (path: string, parameters: Record<string, string>): string =>
    `${browserOrigin}${path}?${new URLSearchParams(parameters).toString()}`;

  return {
    async toAuthorizationUrl({ redirectUri, state, nonce, codeChallenge, scope, audience, hints }) {
      const parameters = present({
        ...hints,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope,
        audience,
        state,
        nonce,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
      });
      if (!usePar) return toUrl('/authorize', { client_id: clientId, ...parameters });
      const form = { ...parameters, ...(await authenticateClient()) };
      const answer = await call({ path: '/oauth/par', form });
      if (!isSuccess(answer)) throw toRefusal('authorization', answer);
      return toUrl('/authorize', { client_id: clientId, request_uri: toRequestUri(answer.body) });
    },

    async exchangeCode({ code, redirectUri, codeVerifier, ...terms }) {
      const grant = present({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      });
      const answer = await call({
        path: '/oauth/token',
        form: { ...grant, ...(await authenticateClient()) },
      });
      if (isSuccess(answer)) return acceptSignIn(answer, terms);
      const challenge = toMfaChallenge(answer);
      if (challenge) return challenge;
      throw toRefusal('authorization', answer);
    },

    toLogoutUrl(returnTo, { isFederated }) {
      const parameters = { client_id: clientId, returnTo };
      return toUrl('/v2/logout', isFederated ? { ...parameters, federated: '' } : parameters);
    },
  };
}

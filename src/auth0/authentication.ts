import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { AcceptTokens } from './accept-tokens.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { toTenantError } from './error-rules.ts';
import type { TenantAnswer, TenantCall, TenantRequest } from './tenant-call.ts';
import {
  isSuccess,
  type MfaChallenge,
  present,
  type Tokens,
  toMfaChallenge,
  toTokens,
  type UserTokens,
} from './token-answer.ts';

/** An invalid field is omitted, not refused, because the account exists already. */
const profileField = z.string().optional().catch(undefined);

const signUpAnswer = z.object({
  _id: profileField,
  id: profileField,
  user_id: profileField,
  email_verified: z.boolean().catch(false),
  username: profileField,
  given_name: profileField,
  family_name: profileField,
  name: profileField,
  nickname: profileField,
  picture: profileField,
  user_metadata: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly username?: string | undefined;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly name?: string | undefined;
  readonly nickname?: string | undefined;
  readonly picture?: string | undefined;
  readonly user_metadata?: Readonly<Record<string, string>> | undefined;
}

export interface SignedUpUser {
  /** The `sub` that tokens of this user will carry, such as `auth0|5f7c…`. */
  readonly id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly profile: Readonly<Record<string, unknown>>;
}

export interface PasswordGrant {
  readonly username: string;
  readonly password: string;
  readonly audience: string;
  readonly scope: string;
  /** The end user's address; without it, the tenant's brute-force protection would block the gateway itself. */
  readonly ip: string;
}

/** Client credentials of a caller, which the gateway forwards to the tenant. */
export interface ClientCredentialsGrant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  readonly scope: string | undefined;
  readonly ip: string;
}

/** Error codes of a refused client credentials grant (RFC 6749 §5.2, RFC 8707 §2). */
export type ClientRefusal = 'invalid_client' | 'unauthorized_client' | 'invalid_target' | 'invalid_scope';

/** The calls of the tenant's Authentication API. All functions throw GatewayError. */
export interface Authentication {
  signUp(account: NewAccount): Promise<SignedUpUser>;
  passwordGrant(grant: PasswordGrant): Promise<UserTokens | MfaChallenge>;
  /** Makes the tenant mail a password reset link. The result is the same for an unknown address. */
  requestPasswordReset(email: string): Promise<void>;
  /** `audience` requests a different API than that of the sign-in; the tenant may ignore it without an error. */
  refreshGrant(
    refreshToken: string,
    scope: string | undefined,
    audience?: string,
  ): Promise<UserTokens | MfaChallenge>;
  clientCredentialsGrant(grant: ClientCredentialsGrant): Promise<Tokens | ClientRefusal>;
}

export interface AuthenticationOptions {
  readonly call: TenantCall;
  readonly clientId: string;
  readonly authenticateClient: ClientAuthentication;
  readonly acceptSignIn: AcceptTokens;
  /** For a refresh: if it fails, the caller may still have a valid refresh token. */
  readonly acceptTokens: AcceptTokens;
  readonly connection: string;
}

const PASSWORD_REALM = 'http://auth0.com/oauth/grant-type/password-realm';
const TOKEN_PATH = '/oauth/token';

/**
 * The error code for a refused machine client. Auth0 responds `access_denied` to a wrong secret (401), an unknown audience,
 * a missing client grant and a scope beyond the grant (all 403). Only the beginning of its message identifies the scope as
 * the cause; everything else is attributed to the audience.
 */
function toClientRefusal(answer: TenantAnswer): ClientRefusal {
  const { status, error, body } = toTenantError(answer);
  if (error === 'invalid_scope') return 'invalid_scope';
  if (error === 'unauthorized_client') return 'unauthorized_client';
  if (error === 'invalid_client' || (status === 401 && error === 'access_denied')) return 'invalid_client';
  if (status === 403 && error === 'access_denied') {
    const isScope = String(body['error_description']).startsWith('Client has not been granted scopes: ');
    return isScope ? 'invalid_scope' : 'invalid_target';
  }
  throw toRefusal('client-credentials', answer);
}

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { call, clientId, authenticateClient, acceptSignIn, acceptTokens, connection } = options;

  async function callAuthenticated(request: TenantRequest): Promise<TenantAnswer> {
    return call({ ...request, form: { ...request.form, ...(await authenticateClient()) } });
  }

  return {
    async signUp(account) {
      const answer = await call({
        path: '/dbconnections/signup',
        json: { client_id: clientId, connection, ...account },
      });
      if (!isSuccess(answer)) throw toRefusal('signup', answer);
      const parsed = signUpAnswer.safeParse(answer.body);
      const { _id, id, user_id, email_verified, ...profile } = parsed.data ?? {};
      const found = _id ?? id ?? user_id;
      if (found === undefined) throw new GatewayError('tenant_error', { reason: 'signup_answer' });
      return {
        id: found.includes('|') ? found : `auth0|${found}`,
        email: account.email,
        email_verified: email_verified ?? false,
        profile,
      };
    },

    async passwordGrant({ ip, ...grant }) {
      const answer = await callAuthenticated({
        path: TOKEN_PATH,
        headers: { 'auth0-forwarded-for': ip },
        form: { grant_type: PASSWORD_REALM, realm: connection, ...grant },
      });
      if (isSuccess(answer)) return acceptSignIn(answer);
      const challenge = toMfaChallenge(answer);
      if (challenge) return challenge;
      throw toRefusal('signin', answer);
    },

    async requestPasswordReset(email) {
      const json = { client_id: clientId, connection, email };
      const answer = await call({ path: '/dbconnections/change_password', json });
      if (!isSuccess(answer) && answer.status !== 404) throw toRefusal('password-forgot', answer);
    },

    async refreshGrant(refreshToken, scope, audience) {
      const form = present({ grant_type: 'refresh_token', refresh_token: refreshToken, scope, audience });
      const answer = await callAuthenticated({ path: TOKEN_PATH, form });
      if (isSuccess(answer)) return acceptTokens(answer);
      const challenge = toMfaChallenge(answer);
      if (challenge) return challenge;
      throw toRefusal('refresh', answer);
    },

    async clientCredentialsGrant({ clientId: client_id, clientSecret: client_secret, audience, scope, ip }) {
      const form = present({ grant_type: 'client_credentials', client_id, client_secret, audience, scope });
      const answer = await call({ path: TOKEN_PATH, headers: { 'auth0-forwarded-for': ip }, form });
      return isSuccess(answer) ? toTokens(answer) : toClientRefusal(answer);
    },
  };
}

import type { AcceptTokens } from './accept-tokens.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { errorOrCode, toTenantError } from './error-rules.ts';
import type { TenantAnswer, TenantCall } from './tenant-call.ts';
import { isSuccess, type MfaChallenge, toMfaChallenge, type UserTokens } from './token-answer.ts';

/** The recipient of a code or a link. */
export type PasswordlessAddress = { readonly email: string } | { readonly phone_number: string };

/** The authorize parameters of a link, which return the browser to the gateway. */
export interface LinkParameters {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  readonly scope: string;
  readonly audience: string;
}

export interface PasswordlessGrant {
  readonly to: PasswordlessAddress;
  readonly code: string;
  readonly audience: string;
  readonly scope: string;
  /** The end user's address. */
  readonly ip: string;
}

/** Sign-in by a code or link that is sent. All functions throw GatewayError. */
export interface Passwordless {
  /**
   * Makes the tenant send a code or, with `link`, a link. Nothing is sent to an address that may not sign in; the result is
   * the same.
   */
  start(to: PasswordlessAddress, link: LinkParameters | undefined, ip: string): Promise<void>;
  /** @throws GatewayError `invalid_code`, `user_blocked`, `access_denied` */
  verify(grant: PasswordlessGrant): Promise<UserTokens | MfaChallenge>;
}

export interface PasswordlessOptions {
  readonly call: TenantCall;
  readonly authenticateClient: ClientAuthentication;
  readonly acceptSignIn: AcceptTokens;
}

const OTP_GRANT = 'http://auth0.com/oauth/grant-type/passwordless/otp';

const toConnection = (to: PasswordlessAddress): 'email' | 'sms' => ('email' in to ? 'email' : 'sms');

/** Messages for faults of the connection, which concern every address. */
const CONNECTION_FAULT = /^(Connection does not exist|Connection is disabled|Invalid connection strategy)\b/i;

/** Whether a refused start means that this address has no user and sign-up is disabled. In doubt, true. */
function isUnknownAddress(answer: TenantAnswer): boolean {
  const failure = toTenantError(answer);
  const { error_description, description } = failure.body;
  return (
    errorOrCode('bad.connection')(failure) && !CONNECTION_FAULT.test(String(error_description ?? description))
  );
}

export function createPasswordless({
  call,
  authenticateClient,
  acceptSignIn,
}: PasswordlessOptions): Passwordless {
  return {
    async start(to, link, ip) {
      const authParams = link && {
        response_type: 'code',
        redirect_uri: link.redirectUri,
        state: link.state,
        nonce: link.nonce,
        scope: link.scope,
        audience: link.audience,
      };
      const answer = await call({
        path: '/passwordless/start',
        headers: { 'auth0-forwarded-for': ip },
        json: {
          connection: toConnection(to),
          ...to,
          send: link ? 'link' : 'code',
          ...(authParams && { authParams }),
          ...(await authenticateClient()),
        },
      });
      if (!isSuccess(answer) && !isUnknownAddress(answer)) throw toRefusal('passwordless-start', answer);
    },

    async verify({ to, code, audience, scope, ip }) {
      const answer = await call({
        path: '/oauth/token',
        headers: { 'auth0-forwarded-for': ip },
        form: {
          grant_type: OTP_GRANT,
          realm: toConnection(to),
          username: 'email' in to ? to.email : to.phone_number,
          otp: code,
          audience,
          scope,
          ...(await authenticateClient()),
        },
      });
      if (isSuccess(answer)) return acceptSignIn(answer);
      const challenge = toMfaChallenge(answer);
      if (challenge) return challenge;
      throw toRefusal('passwordless-verify', answer);
    },
  };
}

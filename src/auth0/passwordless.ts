import type { AcceptTokens } from './accept-tokens.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { errorOrCode, toTenantError } from './error-rules.ts';
import type { TenantAnswer, TenantCall } from './tenant-call.ts';
import { isSuccess, type MfaChallenge, toMfaChallenge, type UserTokens } from './token-answer.ts';

/** Where a code or a link goes to. */
export type PasswordlessAddress = { readonly email: string } | { readonly phone_number: string };

/** What the authorize request of a link says, so that the browser comes back to the gateway. */
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

/** Sign-in by what is sent to an address. Everything throws GatewayError. */
export interface Passwordless {
  /**
   * Has a code sent, or a link where its parameters are given. An address that may not sign in is sent nothing, and it is
   * not told apart.
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

/** What is wrong with a connection for every address. */
const CONNECTION_FAULT = /^(Connection does not exist|Connection is disabled|Invalid connection strategy)\b/i;

/** Whether a refused start says that this address has no user, where nobody may sign up. Anything in doubt does. */
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

// Written by `npm run openapi` from docs/openapi.json. Do not edit it.

export type SignedUp = {
  user: NewUser;
};

export type NewUser = {
  /** The `sub` of this user; left out where existing accounts are concealed. */
  id?: string | undefined;
  email: string;
  email_verified?: boolean | undefined;
  username?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
  user_metadata?: Record<string, unknown> | undefined;
};

export type SignUp = {
  email: string;
  password: string;
  username?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
  user_metadata?: Record<string, string> | undefined;
};

/** A session, or tokens in token mode. */
export type SignInResult = SignedIn | Tokens;

export type SignedIn = {
  user: User;
  session: SessionTimes;
};

export type User = {
  /** The `sub` of this user. */
  id: string;
  email?: string | undefined;
  email_verified?: boolean | undefined;
  phone_number?: string | undefined;
  username?: string | undefined;
  name?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
};

export type SessionTimes = {
  /** When the session ends at the latest. */
  expires_at: string;
  /** When the session ends unless it is used. */
  idle_expires_at: string;
};

export type Tokens = {
  access_token: string;
  token_type: string;
  /** Seconds. */
  expires_in: number;
  scope?: string | undefined;
  id_token?: string | undefined;
  refresh_token?: string | undefined;
};

export type SignIn = {
  email?: string | undefined;
  username?: string | undefined;
  password: string;
  scope?: string | undefined;
  audience?: string | undefined;
  /** Default: a session for browsers, tokens for other callers. */
  mode?: 'session' | 'token' | undefined;
};

export type ForgotPassword = {
  email: string;
};

export type ChangePassword = {
  current_password: string;
  new_password: string;
};

export type PasswordlessStart = {
  email?: string | undefined;
  phone_number?: string | undefined;
  /** A link requires an e-mail address and works only in the browser that requested it. */
  send?: 'code' | 'link' | undefined;
  /** For a link: where the browser goes after the sign-in. A value of more than 1,024 characters is ignored. */
  return_to?: string | undefined;
};

export type PasswordlessVerify = {
  email?: string | undefined;
  phone_number?: string | undefined;
  code: string;
  /** Default: a session for browsers, tokens for other callers. */
  mode?: 'session' | 'token' | undefined;
};

export type AuthenticatorList = {
  authenticators: Authenticator[];
};

export type Authenticator = {
  id: string;
  type: 'otp' | 'sms' | 'voice' | 'email' | 'push' | 'recovery_code';
  /** Whether the factor is confirmed. */
  active: boolean;
  /** The masked e-mail address or phone number. */
  name?: string | undefined;
};

export type FactorEnrolment = {
  type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
  /** The secret in Base32, for users who cannot scan the QR code. */
  secret?: string | undefined;
  otpauth_uri?: string | undefined;
  /** The `otpauth_uri` as a QR code: an SVG document. */
  qr_svg?: string | undefined;
  oob_code?: string | undefined;
  /** Present where a code was sent, which goes into `binding_code`. */
  binding_method?: 'prompt' | undefined;
  /** Only with the first factor of a user. Show it once. */
  recovery_codes?: string[] | undefined;
};

/** Without `email`, the address of the account is enrolled. */
export type EnrolFactor = {
  /** The `mfa_handle` of the `mfa_required` response. */
  mfa_handle: string;
  type: 'otp' | 'push';
} | {
  /** The `mfa_handle` of the `mfa_required` response. */
  mfa_handle: string;
  type: 'sms' | 'voice';
  phone_number: string;
} | {
  /** The `mfa_handle` of the `mfa_required` response. */
  mfa_handle: string;
  type: 'email';
  email?: string | undefined;
};

export type FactorChallenge = {
  type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
  authenticator_id?: string | undefined;
  oob_code?: string | undefined;
  /** Present where a code was sent, which goes into `binding_code`. */
  binding_method?: 'prompt' | undefined;
};

export type ChallengeFactor = {
  /** The `mfa_handle` of the `mfa_required` response. */
  mfa_handle: string;
  type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
  /** Default: the first factor of this type. */
  authenticator_id?: string | undefined;
};

/** A session, or tokens in token mode. */
export type FactorResult = SignedInByFactor | TokensByFactor;

export type SignedInByFactor = {
  user: User;
  session: SessionTimes;
  /** The new recovery code, after one was used. Show it once. */
  recovery_code?: string | undefined;
};

export type TokensByFactor = {
  access_token: string;
  token_type: string;
  /** Seconds. */
  expires_in: number;
  scope?: string | undefined;
  id_token?: string | undefined;
  refresh_token?: string | undefined;
  /** The new recovery code, after one was used. Show it once. */
  recovery_code?: string | undefined;
};

export type FactorPending = {
  status: 'pending';
};

export type VerifyFactor = {
  /** The `mfa_handle` of the `mfa_required` response. */
  mfa_handle: string;
  /** The code of an authenticator app. */
  otp?: string | undefined;
  /** The `oob_code` of the challenge or the enrolment. */
  oob_code?: string | undefined;
  /** The code that was sent; leave it out for a push. */
  binding_code?: string | undefined;
  recovery_code?: string | undefined;
  /** Default: a session for browsers, tokens for other callers. */
  mode?: 'session' | 'token' | undefined;
};

export type Refresh = {
  refresh_token?: string | undefined;
  scope?: string | undefined;
};

export type SessionState = Session | NoSession;

export type Session = {
  authenticated: true;
  user: User;
  scope: string;
  expires_at?: string | undefined;
  /** Only for a session: when it ends unless it is used. */
  idle_expires_at?: string | undefined;
  /** Only for a session: where a browser navigates to sign out. */
  signout_url?: string | undefined;
  /** Of a bearer token. */
  client_id?: string | undefined;
  /** Of a bearer token. */
  permissions?: string[] | undefined;
};

export type NoSession = {
  authenticated: false;
};

export type SessionList = {
  sessions: ListedSession[];
};

export type ListedSession = {
  /** Identifies the session; not a credential. */
  id: string;
  device: string;
  ip: string;
  created_at: string;
  last_seen_at: string;
  /** Whether this is the session of this request. */
  current: boolean;
};

export type SignedOut = {
  /** Where to send the browser to end its session at the tenant, if it has one. */
  signout_url: string | null;
};

export type SignOut = {
  return_to?: string | undefined;
  federated?: boolean | undefined;
  refresh_token?: string | undefined;
};

export type Profile = {
  user: ProfileUser;
};

export type ProfileUser = {
  /** The `sub` of this user. */
  id: string;
  email?: string | undefined;
  email_verified?: boolean | undefined;
  phone_number?: string | undefined;
  username?: string | undefined;
  name?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
  user_metadata: Record<string, unknown>;
};

export type ProfileChange = {
  given_name?: string | undefined;
  family_name?: string | undefined;
  name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
  user_metadata?: Record<string, string | null> | undefined;
};

export type EmailVerification = {
  email: string;
};

export type LoginStarted = {
  authorization_url: string;
};

export type LoginStart = {
  /** Where the browser goes after the sign-in. A value of more than 1,024 characters is ignored. */
  return_to?: string | undefined;
  connection?: string | undefined;
  /** Id or name of the organization; a sign-in to another one is refused. */
  organization?: string | undefined;
  /** The ticket of an invitation to the organization. */
  invitation?: string | undefined;
  organization_name?: string | undefined;
  screen_hint?: 'login' | 'signup' | undefined;
  login_hint?: string | undefined;
  prompt?: 'none' | 'login' | 'consent' | 'select_account' | undefined;
  acr_values?: string | undefined;
  ui_locales?: string | undefined;
  max_age?: number | undefined;
};

export type Exchange = {
  code: string;
  redirect_uri: string;
  code_verifier?: string | undefined;
  nonce?: string | undefined;
  mode?: 'session' | 'token' | undefined;
};

/** Problem details (RFC 9457). */
export type Problem = {
  /** URL of the description of this code. */
  type: string;
  /** What happened. */
  title: string;
  status: number;
  /** What the caller can do about it. */
  detail: string;
  code: ErrorCode;
  /** The request ID, as in the log. */
  request_id: string;
  /** The fields that are not valid, with `validation_failed`. */
  errors?: {
    path: string;
    message: string;
  }[] | undefined;
  /** Seconds, as in `Retry-After`. */
  retry_after?: number | undefined;
  [name: string]: unknown;
};

/** Stable code for programs; never renamed. */
export type ErrorCode = 'validation_failed' | 'invalid_request' | 'invalid_scope' | 'bad_request_target' | 'ambiguous_credentials' | 'unsupported_grant_type' | 'unauthorized_client' | 'invalid_target' | 'invalid_return_to' | 'state_mismatch' | 'login_expired' | 'invalid_sid' | 'invalid_code' | 'unauthenticated' | 'invalid_token' | 'insufficient_user_authentication' | 'invalid_client' | 'invalid_credentials' | 'mfa_expired' | 'mfa_invalid_code' | 'invalid_refresh_token' | 'session_expired' | 'insufficient_scope' | 'access_denied' | 'cross_site_session' | 'csrf_failed' | 'token_mode_refused' | 'mfa_required' | 'mfa_already_enrolled' | 'user_blocked' | 'password_leaked' | 'signup_disabled' | 'not_found' | 'method_not_allowed' | 'request_timeout' | 'user_exists' | 'payload_too_large' | 'unsupported_media_type' | 'proof_required' | 'no_route' | 'no_road_near' | 'weak_password' | 'username_required' | 'rate_limited' | 'too_many_attempts' | 'headers_too_large' | 'internal' | 'tenant_error' | 'tenant_misconfigured' | 'upstream_error' | 'tenant_unavailable' | 'upstream_unavailable' | 'store_unavailable' | 'overloaded' | 'tenant_timeout' | 'upstream_timeout' | 'http_version_not_supported';

/** By method and path. */
export interface Operations {
  /** Create an account */
  'POST /v1/auth/signup': {
    body: SignUp;
    answer: SignedUp;
  };
  /** Sign in with a password */
  'POST /v1/auth/signin': {
    body: SignIn;
    answer: SignInResult;
  };
  /** Send a password reset mail */
  'POST /v1/auth/password/forgot': {
    body: ForgotPassword;
    answer: undefined;
  };
  /** Change one’s password */
  'POST /v1/auth/password/change': {
    body: ChangePassword;
    answer: undefined;
  };
  /** Send a code or a link */
  'POST /v1/auth/passwordless/start': {
    body: PasswordlessStart;
    answer: undefined;
  };
  /** Sign in with the code that was sent */
  'POST /v1/auth/passwordless/verify': {
    body: PasswordlessVerify;
    answer: SignInResult;
  };
  /** List the second factors of the user */
  'GET /v1/auth/mfa/authenticators': {
    body: undefined;
    answer: AuthenticatorList;
  };
  /** Enrol a first second factor */
  'POST /v1/auth/mfa/associate': {
    body: EnrolFactor;
    answer: FactorEnrolment;
  };
  /** Start a challenge for an enrolled factor */
  'POST /v1/auth/mfa/challenge': {
    body: ChallengeFactor;
    answer: FactorChallenge;
  };
  /** Complete the sign-in with a code, a recovery code or an approved push */
  'POST /v1/auth/mfa/verify': {
    body: VerifyFactor;
    answer: FactorResult | FactorPending;
  };
  /** Exchange a refresh token for new tokens, or renew the session */
  'POST /v1/auth/refresh': {
    body: Refresh;
    answer: Tokens | undefined;
  };
  /** Who is signed in */
  'GET /v1/auth/session': {
    body: undefined;
    answer: SessionState;
  };
  /** List the sessions of the caller, newest first */
  'GET /v1/auth/sessions': {
    body: undefined;
    answer: SessionList;
  };
  /** End all sessions of the caller */
  'DELETE /v1/auth/sessions': {
    body: undefined;
    answer: undefined;
  };
  /** End one session of the caller */
  'DELETE /v1/auth/sessions/{id}': {
    body: undefined;
    answer: undefined;
  };
  /** Stream changes of the session as server-sent events */
  'GET /v1/auth/session/events': {
    body: undefined;
    answer: undefined;
  };
  /** Sign out */
  'POST /v1/auth/signout': {
    body: SignOut;
    answer: SignedOut | undefined;
  };
  /** Read the profile of the caller */
  'GET /v1/auth/profile': {
    body: undefined;
    answer: Profile;
  };
  /** Change one’s profile */
  'PATCH /v1/auth/profile': {
    body: ProfileChange;
    answer: Profile;
  };
  /** Send the verification mail again */
  'POST /v1/auth/email/verification': {
    body: EmailVerification;
    answer: undefined;
  };
  /** Begin a sign-in at the tenant's pages, for a frontend that navigates itself or opens a popup */
  'POST /v1/auth/login/start': {
    body: LoginStart;
    answer: LoginStarted;
  };
  /** Exchange the authorization code of a redirect that the frontend ran itself */
  'POST /v1/auth/exchange': {
    body: Exchange;
    answer: SignInResult;
  };
}

/**
 * The closed table of error codes: what a client may branch on. A code is never renamed; its status and its
 * sentences are the same wherever it is thrown. `GET /problems/{code}` answers from this table.
 */
export interface ErrorMeaning {
  readonly status: number;
  /** What happened: the short, stable sentence of RFC 9457 `title`. */
  readonly title: string;
  /** What the caller can do about it: RFC 9457 `detail`, unless the error has its own. */
  readonly advice: string;
  /** What only the operator can change: for the log and for answers in development. */
  readonly operatorAdvice?: string;
}

const meaning = (status: number, title: string, advice: string, operatorAdvice?: string): ErrorMeaning => ({
  status,
  title,
  advice,
  ...(operatorAdvice !== undefined && { operatorAdvice }),
});

const WAIT = 'Wait the number of seconds in Retry-After, then try again.';

export const ERROR_TABLE = {
  // 400: the request itself
  validation_failed: meaning(
    400,
    'The request is not valid.',
    'Correct the fields listed in `errors` and send it again.',
  ),
  invalid_request: meaning(
    400,
    'The request is malformed.',
    'Check the Authorization header and the framing of the request (RFC 6750 §3.1, RFC 9112).',
  ),
  invalid_scope: meaning(
    400,
    'A requested scope is not available.',
    'Request only OpenID Connect scopes and scopes that this API offers.',
  ),
  bad_request_target: meaning(
    400,
    'The request target is not acceptable.',
    'Send a normalised path: no encoded slashes, dot segments, double slashes or control characters.',
  ),
  ambiguous_credentials: meaning(
    400,
    'The request carries more than one kind of credential.',
    'Send either the session cookie or a bearer token.',
  ),
  unsupported_grant_type: meaning(
    400,
    'This grant type is not supported here.',
    'Use grant_type=client_credentials; users sign in at /v1/auth/login.',
  ),
  unauthorized_client: meaning(
    400,
    'This client may not use this grant type.',
    'Use a client that may use the client credentials grant.',
    'Switch on the client credentials grant for the client at the tenant.',
  ),
  invalid_target: meaning(
    400,
    'This client may not call that API.',
    'Request an audience that this gateway serves and that the client has a grant for (RFC 8707 §2).',
    'Authorize the client for the API at the tenant, and list the API in AUTH0_API_AUDIENCES.',
  ),
  invalid_return_to: meaning(
    400,
    'The return_to URL is not allowed.',
    'Give a path on the origin of this gateway, or a URL on an allowed origin.',
    'List the origin in ALLOWED_ORIGINS.',
  ),
  state_mismatch: meaning(
    400,
    'This sign-in cannot be completed here.',
    'Start again at /v1/auth/login and finish in the same browser.',
  ),
  login_expired: meaning(
    400,
    'This sign-in has expired.',
    'Start again at /v1/auth/login and finish in the same browser: within ten minutes, or within thirty by a link in a mail.',
  ),
  invalid_sid: meaning(
    400,
    'The request does not name the current session.',
    'Navigate to the `signout_url` of GET /v1/auth/session.',
  ),
  // 401 and 403: who is calling, and what they may do
  invalid_code: meaning(
    401,
    'The code is wrong or was used before.',
    'Start again: a code works once, for a short time, and only if it is the newest.',
  ),
  unauthenticated: meaning(
    401,
    'Authentication is required.',
    'Send an access token as `Authorization: Bearer …`, or sign in.',
  ),
  invalid_token: meaning(
    401,
    'The access token is not valid.',
    'Request a new access token for this API; an ID token is not an access token.',
  ),
  insufficient_user_authentication: meaning(
    401,
    'A more recent or stronger sign-in is required.',
    'Sign in again at /v1/auth/login with the `max_age` or `acr_values` of this answer (RFC 9470).',
  ),
  invalid_client: meaning(
    401,
    'The client could not be authenticated.',
    'Check the client id and the client secret.',
  ),
  invalid_credentials: meaning(
    401,
    'The credentials are wrong.',
    'Check the e-mail address or user name and the password.',
  ),
  mfa_expired: meaning(
    401,
    'The MFA handle has expired or is not valid.',
    'Sign in again: an `mfa_handle` is good for five minutes and for one sign-in.',
  ),
  mfa_invalid_code: meaning(
    401,
    'The code is wrong or was used before.',
    'Type the newest code of the factor; after five wrong codes sign in again.',
  ),
  invalid_refresh_token: meaning(401, 'The refresh token is not valid.', 'Sign in again.'),
  session_expired: meaning(401, 'The session has ended.', 'Sign in again.'),
  insufficient_scope: meaning(
    403,
    'The access token or session does not allow this.',
    'Use a token or session with the scopes that the WWW-Authenticate header names.',
  ),
  access_denied: meaning(
    403,
    'Access was denied.',
    'Ask the administrator: a rule of the identity provider refuses this sign-in.',
  ),
  cross_site_session: meaning(
    403,
    'A session is not possible from another site.',
    'Serve the frontend from the same site as this gateway: the same host, another port of it, or a subdomain of one domain.',
  ),
  csrf_failed: meaning(
    403,
    'The request did not prove that it comes from an allowed page.',
    'Send it from a page of an allowed origin, with the header `X-CSRF: 1`.',
    "List the page's origin in ALLOWED_ORIGINS.",
  ),
  token_mode_refused: meaning(
    403,
    'Tokens are not issued to browsers.',
    'Use session mode: send `"mode": "session"`, or no `mode`.',
    'List the origin in TOKEN_MODE_ORIGINS.',
  ),
  mfa_required: meaning(
    403,
    'A second factor is required.',
    'With the `mfa_handle` of this answer, go on at /v1/auth/mfa/challenge, or at /v1/auth/mfa/associate where no factor is enrolled.',
  ),
  mfa_already_enrolled: meaning(
    403,
    'This user has already enrolled a second factor.',
    'Continue at /v1/auth/mfa/challenge with a factor of /v1/auth/mfa/authenticators.',
  ),
  user_blocked: meaning(403, 'This user is blocked.', 'Ask the administrator to unblock the account.'),
  password_leaked: meaning(
    403,
    'This password is known from a data breach.',
    'Reset the password on the sign-in page at /v1/auth/login, or at /v1/auth/password/forgot, then sign in with the new one.',
  ),
  signup_disabled: meaning(403, 'Sign-up is closed.', 'Ask the administrator for an account.'),
  // 404 … 431: HTTP itself
  not_found: meaning(
    404,
    'There is no resource at this address.',
    'Check the path: /docs shows what this gateway serves.',
  ),
  method_not_allowed: meaning(
    405,
    'This method is not allowed here.',
    'Use one of the methods in the Allow header.',
  ),
  request_timeout: meaning(
    408,
    'The request took too long to arrive.',
    'Send it again over a better connection.',
  ),
  user_exists: meaning(
    409,
    'This account cannot be created.',
    'If the account is yours, sign in, or reset the password on the sign-in page at /v1/auth/login.',
  ),
  payload_too_large: meaning(
    413,
    'The request body is too large.',
    'Send less: 16 kB below /v1, 100 kB elsewhere, or what the route says.',
  ),
  unsupported_media_type: meaning(
    415,
    'This content type is not accepted here.',
    'Send the body as application/json, unencoded.',
  ),
  proof_required: meaning(
    422,
    'Proof that the caller began this sign-in is missing.',
    'Send the `code_verifier` or the `nonce` of the authorization request.',
  ),
  no_route: meaning(
    422,
    'There is no route between these stops.',
    'Choose stops that a road connects, in their order and for this `profile`.',
  ),
  no_road_near: meaning(
    422,
    'There is no road near one of the stops.',
    'Choose stops near a road that this `profile` may use.',
  ),
  weak_password: meaning(
    422,
    'The password is too weak.',
    'Choose a password that meets what `reason` and `rules` ask for.',
  ),
  username_required: meaning(422, 'A user name is required.', 'Send `username` as well.'),
  rate_limited: meaning(429, 'Too many requests.', WAIT),
  too_many_attempts: meaning(429, 'Too many attempts.', WAIT),
  headers_too_large: meaning(
    431,
    'The request headers are too large.',
    'Send less than 16 kB of headers; clear old cookies.',
  ),
  // 500 …: not the caller's doing
  internal: meaning(500, 'Internal error.', 'Report the request id of this answer.'),
  tenant_error: meaning(
    502,
    'Unexpected response from the identity provider.',
    'Try again later, and report the request id if it happens again.',
  ),
  tenant_misconfigured: meaning(
    502,
    'The identity provider is not set up for this.',
    'Report the request id of this answer to the administrator.',
    'The log names the setting under this request id.',
  ),
  upstream_error: meaning(502, 'The service behind this route failed.', 'Try again later.'),
  tenant_unavailable: meaning(
    503,
    'The identity provider cannot be reached.',
    `${WAIT} Your credentials are not at fault.`,
  ),
  upstream_unavailable: meaning(503, 'The service behind this route cannot be reached.', WAIT),
  store_unavailable: meaning(503, 'The session store cannot be reached.', `${WAIT} You are still signed in.`),
  overloaded: meaning(503, 'The gateway is busy.', WAIT),
  tenant_timeout: meaning(504, 'The identity provider did not answer in time.', 'Try again.'),
  upstream_timeout: meaning(504, 'The service behind this route did not answer in time.', 'Try again.'),
  http_version_not_supported: meaning(
    505,
    'This HTTP version is not supported.',
    'Send the request as HTTP/1.1.',
  ),
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERROR_TABLE;

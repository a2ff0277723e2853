/**
 * The closed table of error codes: what a client may branch on. A code is never renamed; its status and its
 * sentences are the same wherever it is thrown. `GET /problems/{code}` answers from this table.
 */
export interface ErrorMeaning {
  readonly status: number;
  /** The short, stable sentence of RFC 9457 `title`. */
  readonly title: string;
  /** What the caller can do about it, for `/problems/{code}`. */
  readonly advice: string;
}

const meaning = (status: number, title: string, advice: string): ErrorMeaning => ({ status, title, advice });

export const errorTable = {
  // 400: the request itself
  validation_failed: meaning(
    400,
    'The request is not valid.',
    'Mend the fields listed in `errors` and send it again.',
  ),
  invalid_request: meaning(
    400,
    'The request is malformed.',
    'Check the Authorization header and the framing of the request (RFC 6750 §3.1, RFC 9112).',
  ),
  invalid_scope: meaning(
    400,
    'A requested scope is not available.',
    'Ask only for OpenID Connect scopes and scopes that this API offers.',
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
    'Use grant_type=client_credentials; people sign in at /v1/auth.',
  ),
  unauthorized_client: meaning(
    400,
    'This client may not use this grant type.',
    'Have the client credentials grant switched on for the client.',
  ),
  invalid_target: meaning(
    400,
    'This client may not call that API.',
    'Ask for an audience that this gateway serves and that the client has a grant for (RFC 8707 §2).',
  ),
  invalid_return_to: meaning(
    400,
    'That is no place to return to.',
    'Give a path on our own origin, or a URL whose origin is in ALLOWED_ORIGINS.',
  ),
  state_mismatch: meaning(
    400,
    'This sign-in cannot be completed here.',
    'Start again at /v1/auth/login: the `state` belongs to no sign-in that is under way in this browser.',
  ),
  login_expired: meaning(
    400,
    'This sign-in has expired.',
    'Start again at /v1/auth/login, in the same browser: a sign-in may take ten minutes, one by a link thirty.',
  ),
  invalid_sid: meaning(
    400,
    'The request does not name this session.',
    'Navigate to the `signout_url` of GET /v1/auth/session.',
  ),
  // 401 and 403: who is calling, and what they may do
  invalid_code: meaning(
    401,
    'The code is wrong or was used.',
    'Begin again: a code is good once, for a short time, and only if it is the newest.',
  ),
  unauthenticated: meaning(
    401,
    'Authentication is required.',
    'Send an access token as `Authorization: Bearer …`, or sign in.',
  ),
  invalid_token: meaning(
    401,
    'The access token is not valid.',
    'Get a fresh access token for this API and try again.',
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
    'The credentials are not right.',
    'Check the e-mail address or user name and the password.',
  ),
  mfa_expired: meaning(
    401,
    'The MFA handle has expired or is not valid.',
    'Sign in again: an `mfa_handle` is good for five minutes and for one sign-in.',
  ),
  mfa_invalid_code: meaning(
    401,
    'The code is wrong or was used.',
    'Type the newest code of the factor; after five wrong codes sign in again.',
  ),
  invalid_refresh_token: meaning(401, 'The refresh token is not valid.', 'Sign in again.'),
  session_expired: meaning(401, 'The session has ended.', 'Sign in again.'),
  insufficient_scope: meaning(
    403,
    'The access token does not allow this.',
    'Ask for a token with the scope that the challenge names.',
  ),
  access_denied: meaning(
    403,
    'Access was denied.',
    'A rule of the tenant refuses this sign-in; ask its administrator.',
  ),
  cross_site_session: meaning(
    403,
    'A session is not possible from another site.',
    'Serve the frontend from the same site as this gateway: the same host, another port of it, or a subdomain of one domain.',
  ),
  csrf_failed: meaning(
    403,
    'The request did not prove that it comes from this site.',
    'Send `X-CSRF: 1` from an allowed origin.',
  ),
  token_mode_refused: meaning(
    403,
    'Tokens are not handed to browsers.',
    'Use session mode, or have the origin listed in TOKEN_MODE_ORIGINS.',
  ),
  mfa_required: meaning(
    403,
    'A second factor is required.',
    'With the `mfa_handle` of this answer, go on at /v1/auth/mfa/challenge, or at /v1/auth/mfa/associate where no factor is enrolled.',
  ),
  mfa_already_enrolled: meaning(
    403,
    'This user has enrolled a second factor already.',
    'Go on with /v1/auth/mfa/challenge and a factor of /v1/auth/mfa/authenticators.',
  ),
  user_blocked: meaning(403, 'This user is blocked.', 'Ask the administrator of the tenant.'),
  password_leaked: meaning(
    403,
    'This password is known from a data breach.',
    'Reset the password, then sign in with the new one.',
  ),
  signup_disabled: meaning(403, 'Sign-up is closed.', 'Ask the administrator of the tenant for an account.'),
  // 404 … 431: HTTP itself
  not_found: meaning(404, 'There is nothing at this address.', 'See /docs for what this gateway serves.'),
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
    'If the account is yours, sign in or reset the password.',
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
    'Nothing proves that the caller began this sign-in.',
    'Send the `code_verifier` or the `nonce` of the authorization request.',
  ),
  weak_password: meaning(
    422,
    'The password is too weak.',
    'Choose a password that meets what `reason` and `rules` ask for.',
  ),
  username_required: meaning(422, 'A user name is required.', 'Send `username` as well.'),
  rate_limited: meaning(429, 'Too many requests.', 'Wait as long as Retry-After says.'),
  too_many_attempts: meaning(
    429,
    'Too many attempts.',
    'Wait as long as Retry-After says, or reset the password.',
  ),
  headers_too_large: meaning(
    431,
    'The request headers are too large.',
    'Send less than 16 kB of headers; clear old cookies.',
  ),
  // 500 …: not the caller's doing
  internal: meaning(500, 'Something went wrong here.', 'Report the request id of this answer.'),
  tenant_error: meaning(
    502,
    'The identity provider gave an answer that makes no sense.',
    'Try again later; report the request id if it stays.',
  ),
  tenant_misconfigured: meaning(
    502,
    'The identity provider is not set up for this.',
    'Its administrator finds the setting in the log under the request id.',
  ),
  upstream_error: meaning(502, 'The service behind this route failed.', 'Try again later.'),
  tenant_unavailable: meaning(
    503,
    'The identity provider cannot be reached.',
    'Wait as long as Retry-After says; your credentials are not at fault.',
  ),
  upstream_unavailable: meaning(
    503,
    'The service behind this route cannot be reached.',
    'Wait as long as Retry-After says.',
  ),
  store_unavailable: meaning(
    503,
    'The session store cannot be reached.',
    'Wait as long as Retry-After says; you are still signed in.',
  ),
  overloaded: meaning(503, 'The gateway is busy.', 'Wait as long as Retry-After says.'),
  tenant_timeout: meaning(504, 'The identity provider did not answer in time.', 'Try again.'),
  upstream_timeout: meaning(504, 'The service behind this route did not answer in time.', 'Try again.'),
  http_version_not_supported: meaning(
    505,
    'This HTTP version is not supported.',
    'Send the request as HTTP/1.1.',
  ),
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof errorTable;

/** One fault of a request: `path` is a JSON path such as `email` or `user_metadata.age`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface GatewayErrorOptions {
  /** For the log only; never reaches an answer. */
  readonly cause?: unknown;
  /** A sentence for the client; the table's title where absent. Never text of a library or of the tenant. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Whole seconds; sent as `Retry-After` and as `retry_after`. */
  readonly retryAfterS?: number;
  /** Further headers of the answer, such as `WWW-Authenticate` or `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem (RFC 9457 §3.2), such as `mfa_handle` or `reason`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Who was refused, for the log, where a guard got to know it. */
  readonly caller?: { readonly subject: string; readonly clientId: string | undefined };
  /** Where a page that shows this error leads a person who wants to try again: a path of ours. */
  readonly retryPath?: string;
  /** Why, for the log: a short machine-readable word such as `expired` or `aud`. */
  readonly reason?: string;
}

/** A foreseen failure. Everything else that is thrown becomes 500 `internal`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly options: GatewayErrorOptions;

  constructor(code: ErrorCode, options: GatewayErrorOptions = {}) {
    super(options.detail ?? errorTable[code].title, { cause: options.cause });
    this.code = code;
    this.status = errorTable[code].status;
    this.options = options;
  }

  /** The same error with further headers. */
  withHeaders(headers: Readonly<Record<string, string>>): GatewayError {
    return new GatewayError(this.code, { ...this.options, headers: { ...headers, ...this.options.headers } });
  }
}

/** The code of whatever was thrown: what nobody foresaw is `internal`. */
export const toErrorCode = (thrown: unknown): ErrorCode =>
  thrown instanceof GatewayError ? thrown.code : 'internal';

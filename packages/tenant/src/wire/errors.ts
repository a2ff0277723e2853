import type { Hint } from './hints.ts';

interface WireErrorOptions {
  readonly hint?: Hint | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The URL that was refused, which an error page shows. */
  readonly url?: string | undefined;
  /** The path of the console's page that changes the setting, which an error page links to. */
  readonly setting?: string | undefined;
  /** Log event code, if it differs from the endpoint's default. */
  readonly logType?: string | undefined;
  /** The user that the log entry is about. */
  readonly userId?: string | undefined;
}

/** An expected failure, sent to the caller in one of Auth0's error shapes. Any other thrown value becomes a 500. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly status: number;
  /** Sent as JSON if it is an object, as text if it is a string. */
  readonly body: object | string;
  readonly options: WireErrorOptions;

  constructor(status: number, body: object | string, message: string, options: WireErrorOptions = {}) {
    super(message);
    this.status = status;
    this.body = body;
    this.options = options;
  }
}

/** An OAuth error (RFC 6749 §5.2); `members` adds others, such as `mfa_token` or `error_uri`. */
export const oauthError = (
  status: number,
  error: string,
  description: string,
  options: WireErrorOptions & { readonly members?: Readonly<Record<string, unknown>> } = {},
): WireError =>
  new WireError(status, { error, error_description: description, ...options.members }, description, options);

/** The error shape of `/dbconnections`: `description` is a string or, for a weak password, an object. */
export const databaseError = (
  name: string,
  code: string,
  description: string | object,
  options: WireErrorOptions & { readonly members?: Readonly<Record<string, unknown>> } = {},
): WireError =>
  new WireError(
    400,
    { name, code, description, statusCode: 400, ...options.members },
    typeof description === 'string' ? description : name,
    options,
  );

/** The minimal error shape: `{error: "<text>"}`, without a code. */
export const bareError = (status: number, prose: string, options: WireErrorOptions = {}): WireError =>
  new WireError(status, { error: prose }, prose, options);

export const missingParameter = (name: string): WireError =>
  oauthError(400, 'invalid_request', `Missing required parameter: ${name}`);

/** The same response for a wrong secret, a missing secret and an unknown client. */
export const unauthorizedClient = (hint: Hint = 'wrong_client_secret'): WireError =>
  oauthError(401, 'access_denied', 'Unauthorized', { hint });

/** The same response for a wrong password and an unknown user. */
export const wrongPassword = (logType: 'fp' | 'fu', userId?: string): WireError =>
  oauthError(403, 'invalid_grant', 'Wrong email or password.', { logType, userId });

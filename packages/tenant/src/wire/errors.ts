import type { Hint } from './hints.ts';

interface WireErrorOptions {
  readonly hint?: Hint | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Event code of the log, where the endpoint's own would say too little. */
  readonly logType?: string | undefined;
  /** Whom it is about, for the log. */
  readonly userId?: string | undefined;
}

/** A failure that the caller is meant to see: an answer in one of Auth0's shapes. Anything else thrown is a 500. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly status: number;
  /** An object goes out as JSON, a string as text. */
  readonly body: object | string;
  readonly options: WireErrorOptions;

  constructor(status: number, body: object | string, message: string, options: WireErrorOptions = {}) {
    super(message);
    this.status = status;
    this.body = body;
    this.options = options;
  }
}

/** The OAuth shape (RFC 6749 §5.2); `members` are further ones, such as `mfa_token` or `error_uri`. */
export const oauthError = (
  status: number,
  error: string,
  description: string,
  options: WireErrorOptions & { readonly members?: Readonly<Record<string, unknown>> } = {},
): WireError =>
  new WireError(status, { error, error_description: description, ...options.members }, description, options);

/** The shape of `/dbconnections`: `description` is a string or, for a weak password, an object. */
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

/** The barest shape: `{error: "<prose>"}` and nothing to branch on. */
export const bareError = (status: number, prose: string, options: WireErrorOptions = {}): WireError =>
  new WireError(status, { error: prose }, prose, options);

export const missingParameter = (name: string): WireError =>
  oauthError(400, 'invalid_request', `Missing required parameter: ${name}`);

/** One answer for a wrong secret, a missing one, and a client that does not exist. */
export const unauthorizedClient = (hint: Hint = 'wrong_client_secret'): WireError =>
  oauthError(401, 'access_denied', 'Unauthorized', { hint });

/** One answer for a wrong password and for a user who does not exist. */
export const wrongPassword = (logType: 'fp' | 'fu', userId?: string): WireError =>
  oauthError(403, 'invalid_grant', 'Wrong email or password.', { logType, userId });

import { STATUS_CODES } from 'node:http';
import { WireError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

interface Details {
  /** The error code; some resources have none. */
  readonly errorCode?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly hint?: Hint;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the Management API's format: `{statusCode, error, message, errorCode?}`. */
export function managementError(status: number, message: string, details: Details = {}): WireError {
  const { errorCode, attributes, hint, headers } = details;
  const body = {
    statusCode: status,
    error: STATUS_CODES[status] ?? '',
    message,
    ...(errorCode !== undefined && { errorCode }),
    ...(attributes && { attributes }),
  };
  return new WireError(status, body, message, { hint, headers });
}

/** 400 `invalid_body`; `reason` states the error, such as `'Missing required property: name'`. */
export const invalidBody = (reason: string): WireError =>
  managementError(400, `Payload validation error: ${reason}.`, { errorCode: 'invalid_body' });

/** 400 `invalid_query_string`. */
export const invalidQuery = (reason: string): WireError =>
  managementError(400, `Query validation error: ${reason}.`, { errorCode: 'invalid_query_string' });

/** 400 `invalid_uri`: a path segment is invalid. */
export const invalidPath = (reason: string): WireError =>
  managementError(400, `Path validation error: ${reason}.`, { errorCode: 'invalid_uri' });

/** 404; `errorCode` is `inexistent_client` and so on, absent if Auth0 has none. */
export const notFound = (message: string, errorCode?: string): WireError =>
  managementError(404, message, errorCode === undefined ? {} : { errorCode });

/** 403 `insufficient_scope`: at least one of these scopes is required. */
export const insufficientScope = (scopes: readonly string[]): WireError =>
  managementError(403, `Insufficient scope, expected any of: ${scopes.join(',')}`, {
    errorCode: 'insufficient_scope',
    hint: 'management_scope',
  });

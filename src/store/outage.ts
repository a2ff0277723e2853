import { GatewayError } from '../errors.ts';

/** The gateway reconnects to a restored store within this time. */
const RETRY_AFTER_S = 5;

/**
 * The error that callers see when the store fails. Only the message is kept, for the log, as its reason: drivers attach whole commands
 * to their errors, with records and passwords.
 */
export function toOutage(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new GatewayError('store_unavailable', {
    retryAfterS: RETRY_AFTER_S,
    reason: message,
    cause: new Error(message),
  });
}

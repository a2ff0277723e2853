import { GatewayError } from '../errors.ts';

/** A store that comes back is found again within this time. */
const RETRY_AFTER_S = 5;

/**
 * The failure of an engine as callers meet it. Only its message is kept, for the log: engines hang whole commands on
 * their errors, records and passwords among them.
 */
export function toOutage(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new GatewayError('store_unavailable', { retryAfterS: RETRY_AFTER_S, cause: new Error(message) });
}

import type { GatewayErrorOptions } from '../errors.ts';

const WORD = /^[a-z0-9_.-]{1,64}$/;

/**
 * The options of an `access_denied`: the tenant's description is its `reason`, for the caller and the log, where it is one word such
 * as `email_not_verified`, by which an Action can say why. Other text of the tenant goes nowhere; the log has `otherwise` instead.
 */
export function toDenial(description: unknown, otherwise: string): GatewayErrorOptions {
  if (typeof description !== 'string' || !WORD.test(description)) return { reason: otherwise };
  return { members: { reason: description }, reason: description };
}

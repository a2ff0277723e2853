import type { GatewayErrorOptions } from '../errors.ts';

const WORD = /^[a-z0-9_.-]{1,64}$/;

/**
 * The options of an `access_denied` error. If the tenant's description is a single word such as `email_not_verified`, which
 * an Action can set, it becomes the `reason` for the caller and the log. Other text of the tenant is discarded; the log
 * gets `otherwise` instead.
 */
export function toDenial(description: unknown, otherwise: string): GatewayErrorOptions {
  if (typeof description !== 'string' || !WORD.test(description)) return { reason: otherwise };
  return { members: { reason: description }, reason: description };
}

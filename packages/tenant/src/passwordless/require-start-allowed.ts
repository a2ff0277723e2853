import type { TenantContext } from '../context.ts';
import { takeFromBucket } from '../limits/bucket.ts';
import { oauthError } from '../wire/errors.ts';

/** Fifty per hour and address. */
const STARTS = { burst: 50, refillMs: 72_000 };

/** Throws 429 `too_many_requests` if an address has requested too many codes. */
export function requireStartAllowed(context: Pick<TenantContext, 'state' | 'clock'>, ip: string): void {
  if (takeFromBucket(context, `passwordless-start:${ip}`, STARTS)) return;
  throw oauthError(
    429,
    'too_many_requests',
    'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
  );
}

import type { IssuedRefreshToken } from '../auth0/management.ts';
import type { Session } from '../session/session.ts';

/** How far apart the tenant may make an ID token and the refresh token beside it. */
const NEAR_MS = 5_000;

/**
 * How far from the second of a session's ID token a refresh token was made, by the tenant's clock, both. Undefined where the
 * session cannot hold it: of another session at the tenant, or made at another time.
 */
export function toGapMs(
  { claims, sid }: Session,
  { createdAtMs, sid: ofTenant }: IssuedRefreshToken,
): number | undefined {
  if (sid !== ofTenant) return undefined;
  const issuedAtMs = Number(claims['iat']) * 1000;
  const gapMs = Math.max(issuedAtMs - createdAtMs, createdAtMs - (issuedAtMs + 999), 0);
  return gapMs <= NEAR_MS ? gapMs : undefined;
}

import type { IssuedRefreshToken } from '../auth0/management.ts';
import type { Session } from '../session/session.ts';

/** Maximum time between the tenant's issue of an ID token and of the refresh token that belongs to it. */
const NEAR_MS = 5_000;

/**
 * The time between the issue of a session's ID token (`iat`, whole seconds) and of a refresh token, in milliseconds.
 * Undefined if the session cannot hold the token: it belongs to another session at the tenant, or was issued at another
 * time.
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

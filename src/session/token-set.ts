import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import type { SessionTokens } from './session.ts';

/** A token is renewed this long before it expires, or after three quarters of its lifetime, whichever is later. */
const RENEWED_BEFORE_END_MS = 30_000;
const RENEWED_BEFORE_END = 1 / 4;

const accessToken = z.object({
  token: z.string(),
  scope: z.string(),
  expiresAtMs: z.number(),
  /** When the token must be renewed before use; 0 in records of earlier versions renews it at once. */
  renewAtMs: z.number().default(0),
  /** Seconds since the epoch, by the tenant's clock where the token says it; a session of before has none. */
  issuedAtS: z.number().default(0),
});

/** The tokens of a session; stored sealed. */
export const tokenSet = z.object({
  refreshToken: z.string().optional(),
  /** By audience. */
  access: z.record(z.string(), accessToken),
});

export type AccessToken = z.output<typeof accessToken>;
export type TokenSet = z.output<typeof tokenSet>;

/** The claims of a token received from the tenant's token endpoint, not verified; empty if it is not a JWT. */
export function readClaims(token: string): Claims {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** The granted scope: from the token response, from the token, or else as requested (RFC 6749 §5.1). */
export function toScope(tokens: SessionTokens, requested = ''): string {
  const { scope } = readClaims(tokens.access_token);
  return tokens.scope ?? (typeof scope === 'string' ? scope : requested);
}

export function toAccessToken(tokens: SessionTokens, requested: string, nowMs: number): AccessToken {
  const lifetimeMs = tokens.expires_in * 1000;
  const expiresAtMs = nowMs + lifetimeMs;
  const { iat } = readClaims(tokens.access_token);
  return {
    token: tokens.access_token,
    scope: toScope(tokens, requested),
    expiresAtMs,
    issuedAtS: typeof iat === 'number' ? iat : Math.floor(nowMs / 1000),
    renewAtMs: expiresAtMs - Math.min(RENEWED_BEFORE_END_MS, lifetimeMs * RENEWED_BEFORE_END),
  };
}

/** Whether a token may be used as it is; `fromS` is from when on it must have been issued, in seconds. */
export const isGood = (token: AccessToken | undefined, nowMs: number, fromS: number): token is AccessToken =>
  token !== undefined && nowMs <= token.renewAtMs && token.issuedAtS >= fromS;

export const isAlive = (token: AccessToken | undefined, nowMs: number): token is AccessToken =>
  token !== undefined && token.expiresAtMs > nowMs;

/** Whether a token is for an audience; the tenant may ignore the requested one. */
export const isFor = (token: string, audience: string): boolean => {
  const { aud } = readClaims(token);
  return aud === audience || (Array.isArray(aud) && aud.includes(audience));
};

import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import type { SessionTokens } from './session.ts';

/** A token is renewed when less of its life is left than this, or than a quarter of it: whichever is shorter. */
const RENEWED_BEFORE_END_MS = 30_000;
const RENEWED_BEFORE_END = 1 / 4;

const accessToken = z.object({
  token: z.string(),
  scope: z.string(),
  expiresAtMs: z.number(),
  /** From when on it is renewed before it is used; a session of before has none, and its token is renewed at once. */
  renewAtMs: z.number().default(0),
  /** Seconds since the epoch, by the tenant's clock where the token says it; a session of before has none. */
  issuedAtS: z.number().default(0),
});

/** What the tenant has handed out in a session; kept sealed. */
export const tokenSet = z.object({
  refreshToken: z.string().optional(),
  /** By audience. */
  access: z.record(z.string(), accessToken),
});

export type AccessToken = z.output<typeof accessToken>;
export type TokenSet = z.output<typeof tokenSet>;

/** The claims of a token that came straight from the tenant's token endpoint; none where it is no JWT. */
export function readClaims(token: string): Claims {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** What a token is good for: as the tenant says, as the token says, else as it was asked for (RFC 6749 §5.1). */
export function toScope(tokens: SessionTokens, asked = ''): string {
  const { scope } = readClaims(tokens.access_token);
  return tokens.scope ?? (typeof scope === 'string' ? scope : asked);
}

export function toAccessToken(tokens: SessionTokens, asked: string, nowMs: number): AccessToken {
  const lifetimeMs = tokens.expires_in * 1000;
  const expiresAtMs = nowMs + lifetimeMs;
  const { iat } = readClaims(tokens.access_token);
  return {
    token: tokens.access_token,
    scope: toScope(tokens, asked),
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

/** Whether a token is for an audience; the tenant may ignore which one was asked for. */
export const isFor = (token: string, audience: string): boolean => {
  const { aud } = readClaims(token);
  return aud === audience || (Array.isArray(aud) && aud.includes(audience));
};

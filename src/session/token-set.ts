import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import type { SessionTokens } from './session.ts';

/** A token must be good for this much longer to be sent anywhere. */
const GOOD_FOR_MS = 30_000;

const accessToken = z.object({
  token: z.string(),
  scope: z.string(),
  expiresAtMs: z.number(),
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

export const toAccessToken = (tokens: SessionTokens, asked: string, nowMs: number): AccessToken => ({
  token: tokens.access_token,
  scope: toScope(tokens, asked),
  expiresAtMs: nowMs + tokens.expires_in * 1000,
});

export const isGood = (token: AccessToken | undefined, nowMs: number): token is AccessToken =>
  token !== undefined && token.expiresAtMs - nowMs >= GOOD_FOR_MS;

export const isAlive = (token: AccessToken | undefined, nowMs: number): token is AccessToken =>
  token !== undefined && token.expiresAtMs > nowMs;

/** Whether a token is for an audience; the tenant may ignore which one was asked for. */
export const isFor = (token: string, audience: string): boolean => {
  const { aud } = readClaims(token);
  return aud === audience || (Array.isArray(aud) && aud.includes(audience));
};

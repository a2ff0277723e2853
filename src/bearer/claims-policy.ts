import type { Caller, Claims } from '../http/route.ts';
import type { Refusal } from './refusal.ts';

/** Tolerated clock difference from the tenant, in seconds. */
export const SKEW_S = 60;
const MAX_LIFETIME_S = 30 * 24 * 3600;

export interface ClaimsPolicy {
  /** With its trailing slash, as in `iss`. */
  readonly issuer: string;
  /** The gateway's client id: a token with this audience is an ID token. */
  readonly clientId: string | undefined;
}

/** A token whose time- and row-independent claims are verified; time and audience are checked on every request. */
export interface VerifiedClaims {
  readonly caller: Caller;
  readonly audiences: readonly string[];
  readonly expS: number;
  readonly iatS: number;
  /** 0 if the token has none. */
  readonly nbfS: number;
  /** What the deny list asks of a token. */
  readonly issued: {
    readonly subject: string;
    readonly clientId: string | undefined;
    readonly issuedAtS: number;
  };
}

const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Verifies the claims that depend on neither time nor row. `payload` must have no prototype. */
export function toVerifiedClaims(payload: Claims, policy: ClaimsPolicy): VerifiedClaims | Refusal {
  const { iss, sub, exp, iat, nbf = 0 } = payload;
  if (iss !== policy.issuer) return 'iss';
  if (typeof sub !== 'string' || sub === '') return 'sub';
  const audiences = toAudiences(payload.aud);
  if (!audiences) return 'aud';
  if ('nonce' in payload || (policy.clientId !== undefined && audiences.includes(policy.clientId))) {
    return 'id_token';
  }
  // Refuse sender-constrained tokens: without the proof of possession one may be stolen (RFC 9449 §7.2, RFC 8705 §3).
  if ('cnf' in payload) return 'cnf';
  if (!isFinite(exp)) return 'exp';
  if (!isFinite(iat)) return 'iat';
  if (!isFinite(nbf)) return 'nbf';
  if (exp - iat > MAX_LIFETIME_S) return 'lifetime';
  const caller = toCaller(sub, payload);
  const issued = { subject: sub, clientId: caller.clientId, issuedAtS: iat };
  return { caller, audiences, expS: exp, iatS: iat, nbfS: nbf, issued };
}

/** Checks the time claims; undefined if they are valid. */
export function checkTime(verified: VerifiedClaims, nowS: number): Refusal | undefined {
  if (nowS >= verified.expS + SKEW_S) return 'expired';
  if (verified.iatS > nowS + SKEW_S || verified.nbfS > nowS + SKEW_S) return 'not_yet_valid';
  return undefined;
}

function toAudiences(aud: unknown): readonly string[] | undefined {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.every((one) => typeof one === 'string') ? audiences : undefined;
}

function toCaller(subject: string, claims: Claims): Caller {
  const client = claims.azp ?? claims.client_id;
  return Object.freeze({
    kind: 'bearer',
    subject,
    clientId: typeof client === 'string' ? client : undefined,
    scopes: toScopes(claims.scope),
    claims: freezeDeep(claims),
  });
}

/** The scopes of a `scope` claim; none if it is not a string (RFC 6749 §3.3). */
function toScopes(scope: unknown): ReadonlySet<string> {
  return new Set(typeof scope === 'string' ? scope.split(' ').filter((token) => token !== '') : []);
}

function freezeDeep<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) freezeDeep(child);
  }
  return Object.freeze(value);
}

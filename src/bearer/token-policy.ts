import type { Refusal } from './refusal.ts';
import { toStrictObject } from './strict-json.ts';

/** The algorithms that `AUTH0_TOKEN_SIGNING_ALGS` may list. */
export type SigningAlg = 'RS256' | 'PS256' | 'ES256';

export interface TokenPolicy {
  readonly algs: readonly SigningAlg[];
  /** Accepted `typ` values, such as `JWT` and `at+jwt`. */
  readonly types: readonly string[];
}

interface TokenHeader {
  readonly alg: SigningAlg;
  readonly kid: string;
}

/** A well-formed token whose content is not verified. */
export interface UnverifiedToken extends TokenHeader {
  readonly payload: Readonly<Record<string, unknown>>;
}

const MAX_KID_LENGTH = 256;
const MAX_KNOWN_HEADERS = 32;

/** Creates the check of a token's compact form and header; it does no I/O (RFC 7515 §5.2, RFC 8725 §3). */
export function createTokenPolicy(policy: TokenPolicy): (token: string) => UnverifiedToken | Refusal {
  const types = new Set(policy.types.map(toBareType));
  /** Cache by header text: a tenant's tokens share one header per key. */
  const goodHeaders = new Map<string, TokenHeader>();

  function parseHeader(segment: string): TokenHeader | Refusal {
    const bytes = toCanonicalBytes(segment);
    if (!bytes) return 'form';
    const members = toStrictObject(bytes);
    if (!members) return 'header';
    if ('crit' in members || 'b64' in members) return 'critical';
    const alg = policy.algs.find((listed) => listed === members.alg);
    if (!alg) return 'alg';
    const { kid, typ } = members;
    if (typeof kid !== 'string' || kid.length === 0 || kid.length > MAX_KID_LENGTH) return 'kid';
    if (typeof typ !== 'string' || !types.has(toBareType(typ))) return 'typ';
    const header = { alg, kid };
    if (goodHeaders.size >= MAX_KNOWN_HEADERS) goodHeaders.clear();
    goodHeaders.set(segment, header);
    return header;
  }

  return (token) => {
    const [first, second, third, ...more] = token.split('.', 4);
    if (first === undefined || second === undefined || third === undefined || more.length > 0) return 'form';
    const header = goodHeaders.get(first) ?? parseHeader(first);
    if (typeof header === 'string') return header;
    const payload = toCanonicalBytes(second);
    if (!payload || !toCanonicalBytes(third)) return 'form';
    const claims = toStrictObject(payload);
    return claims ? { alg: header.alg, kid: header.kid, payload: claims } : 'payload';
  };
}

/** A media type in lower case, without `application/` (RFC 7515 §4.1.9). */
function toBareType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}

/**
 * Decodes a segment; undefined if the encoding is not canonical (padding, another alphabet, unused bits). Otherwise a
 * variant of a token could bypass caches and revocation lists that are keyed by its text.
 */
function toCanonicalBytes(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === segment ? bytes : undefined;
}

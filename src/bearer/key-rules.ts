import type { SigningAlg } from './token-policy.ts';

/** A published key that passed the rules, reduced to its key members. */
export type UsableJwk = { readonly kid: string; readonly alg: SigningAlg } & (
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
);

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MIN_RSA_BITS = 2048;

/**
 * The usable form of a published key, or undefined if a rule forbids it. A key without `alg` gets the first of `algs` that
 * fits its type, so that a key never serves two algorithms (RFC 8725 §3.1).
 */
export function toUsableJwk(jwk: unknown, algs: readonly SigningAlg[]): UsableJwk | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  // Each member is checked before use; JSON.parse made them own properties.
  const { kty, kid, use, key_ops, alg, n, e, crv, x, y } = jwk as Record<string, unknown>;
  if (typeof kid !== 'string' || kid === '') return undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes('verify'))) return undefined;
  // A key published with its private part can be used by anyone.
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) return undefined;

  const serves = (family: readonly SigningAlg[]): SigningAlg | undefined =>
    algs.find((listed) => family.includes(listed) && (alg === undefined || alg === listed));
  if (kty === 'RSA' && typeof n === 'string' && typeof e === 'string' && isStrongRsa(n, e)) {
    const served = serves(['RS256', 'PS256']);
    return served && { kty, kid, alg: served, n, e };
  }
  if (kty === 'EC' && crv === 'P-256' && typeof x === 'string' && typeof y === 'string') {
    const served = serves(['ES256']);
    return served && { kty, kid, alg: served, crv, x, y };
  }
  return undefined;
}

function isStrongRsa(n: string, e: string): boolean {
  const exponent = toInteger(e);
  return toInteger(n) >> BigInt(MIN_RSA_BITS - 1) > 0n && exponent >= 3n && exponent % 2n === 1n;
}

function toInteger(base64url: string): bigint {
  return BigInt(`0x0${Buffer.from(base64url, 'base64url').toString('hex')}`);
}

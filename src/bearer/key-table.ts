import { createPublicKey, type KeyObject } from 'node:crypto';
import jwksRsa from 'jwks-rsa';
import { toUsableJwk, type UsableJwk } from './key-rules.ts';
import type { SigningAlg } from './token-policy.ts';

/** A snapshot of the tenant's keys. */
export interface KeyTable {
  readonly usable: ReadonlyMap<string, { readonly alg: SigningAlg; readonly key: KeyObject }>;
  /** Every published `kid`, of unusable keys too: fetching again would not help for these. */
  readonly published: ReadonlySet<string>;
  /** Equal for tables that verify the same tokens. */
  readonly fingerprint: string;
}

/** The usable keys of a JWKS as `KeyObject`s. Returns `last` if nothing changed; empty if no key is usable. */
export async function toKeyTable(
  jwks: unknown,
  algs: readonly SigningAlg[],
  last: KeyTable | undefined,
): Promise<KeyTable> {
  const listed = toList(jwks);
  const jwksByKid = new Map<string, UsableJwk>();
  const algByMaterial = new Map<string, SigningAlg>();
  for (const jwk of listed.map((one) => toUsableJwk(one, algs))) {
    if (!jwk || jwksByKid.has(jwk.kid)) continue;
    const material = jwk.kty === 'RSA' ? jwk.n : jwk.x;
    if ((algByMaterial.get(material) ?? jwk.alg) !== jwk.alg) continue;
    algByMaterial.set(material, jwk.alg);
    jwksByKid.set(jwk.kid, jwk);
  }
  const published = new Set(listed.map(toKid).filter((kid) => kid !== undefined));
  const fingerprint = JSON.stringify([...jwksByKid.values()].toSorted((a, b) => (a.kid < b.kid ? -1 : 1)));
  if (last?.fingerprint === fingerprint) return { ...last, published };

  const usable = new Map<string, { alg: SigningAlg; key: KeyObject }>();
  for (const { kid, publicKey } of await toSigningKeys([...jwksByKid.values()])) {
    const jwk = jwksByKid.get(kid);
    if (jwk) usable.set(kid, { alg: jwk.alg, key: createPublicKey(publicKey) });
  }
  return { usable, published, fingerprint };
}

/** jwks-rsa skips keys that it cannot import, and throws if none is left. */
async function toSigningKeys(keys: readonly UsableJwk[]): Promise<{ kid: string; publicKey: string }[]> {
  if (keys.length === 0) return [];
  const client = jwksRsa({ fetcher: async () => ({ keys }), cache: false, rateLimit: false });
  const signingKeys = await client.getSigningKeys();
  return signingKeys.map((key) => ({ kid: key.kid, publicKey: key.getPublicKey() }));
}

function toList(jwks: unknown): readonly unknown[] {
  if (typeof jwks !== 'object' || jwks === null || !('keys' in jwks)) return [];
  return Array.isArray(jwks.keys) ? jwks.keys : [];
}

function toKid(jwk: unknown): string | undefined {
  if (typeof jwk !== 'object' || jwk === null || !('kid' in jwk)) return undefined;
  return typeof jwk.kid === 'string' ? jwk.kid : undefined;
}

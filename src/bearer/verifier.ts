import { type Clock, nowS } from '../lib/clock.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import { type ClaimsPolicy, checkTime, toVerifiedClaims, type VerifiedClaims } from './claims-policy.ts';
import type { KeySet } from './key-set.ts';
import type { Refusal } from './refusal.ts';
import { createSignatureCheck } from './signature.ts';
import { createTokenMemory, toDigest } from './token-memory.ts';
import { createTokenPolicy, type TokenPolicy, type UnverifiedToken } from './token-policy.ts';
import { createVerificationGate } from './verification-gate.ts';

/** In characters; a longer token is refused without parsing. */
const MAX_TOKEN_LENGTH = 8192;

export interface VerifierDeps extends TokenPolicy, ClaimsPolicy {
  readonly keys: Pick<KeySet, 'find' | 'version'>;
  readonly clock: Clock;
  /** Maximum number of cached tokens, of about 1 kB each. Default 10,000. */
  readonly maxRemembered?: number;
}

export interface VerifierStats {
  /** Tokens answered from the cache. */
  readonly hits: number;
  /** Tokens whose signature was checked. */
  readonly checks: number;
  readonly remembered: number;
}

export interface Verifier {
  /**
   * The verified claims of a token, or the reason of its refusal; synchronous for a cached token. The caller checks
   * audience and scopes. Throws (or rejects with) `tenant_unavailable` if the keys are unavailable.
   */
  verify(token: string, socket: object): VerifiedClaims | Refusal | Promise<VerifiedClaims | Refusal>;
  stats(): VerifierStats;
}

export function createVerifier(deps: VerifierDeps): Verifier {
  const { keys, clock } = deps;
  const checkForm = createTokenPolicy(deps);
  const checkSignature = createSignatureCheck(deps.algs);
  const gate = createVerificationGate();
  const joinCheck = createSingleFlight<VerifiedClaims | Refusal>();
  const memory = createTokenMemory(deps.maxRemembered ?? 10_000, () => keys.version);
  const lastSeen = new WeakMap<object, { readonly token: string; readonly digest: string }>();
  const counts = { hits: 0, checks: 0 };

  /** Caches the digest per connection, which mostly sends the same token. */
  function digestOf(token: string, socket: object): string {
    const last = lastSeen.get(socket);
    if (last?.token === token) return last.digest;
    const digest = toDigest(token);
    lastSeen.set(socket, { token, digest });
    return digest;
  }

  /**
   * The only path without express-jwt: a token that was verified byte for byte with the current keys. Everything that can
   * change is checked on every request.
   */
  function passKnown(digest: string): VerifiedClaims | undefined {
    const verified = memory.recall(digest);
    if (verified) counts.hits += 1;
    return verified;
  }

  async function check(
    token: string,
    digest: string,
    verified: VerifiedClaims,
    { alg, kid }: UnverifiedToken,
    socket: object,
  ): Promise<VerifiedClaims | Refusal> {
    const { version } = keys;
    const key = await keys.find(kid, alg);
    if (!key) return 'key';
    counts.checks += 1;
    if (!(await gate(socket, () => checkSignature(token, alg, key)))) return 'signature';
    memory.remember(digest, version, verified);
    return verified;
  }

  return {
    verify(token, socket) {
      if (token.length > MAX_TOKEN_LENGTH) return 'too_long';
      const digest = digestOf(token, socket);
      const known = passKnown(digest);
      if (known) return checkTime(known, nowS(clock)) ?? known;
      const unverified = checkForm(token);
      if (typeof unverified === 'string') return unverified;
      const verified = toVerifiedClaims(unverified.payload, deps);
      if (typeof verified === 'string') return verified;
      const refusal = checkTime(verified, nowS(clock));
      return refusal ?? joinCheck(digest, () => check(token, digest, verified, unverified, socket));
    },
    stats: () => ({ ...counts, remembered: memory.size }),
  };
}

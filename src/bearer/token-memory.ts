import { hash } from 'node:crypto';
import { RecentMap } from '../lib/recent-map.ts';
import type { VerifiedClaims } from './claims-policy.ts';

export interface TokenMemory {
  /** The claims that were verified for this token with the current keys; undefined if none. */
  recall(digest: string): VerifiedClaims | undefined;
  /** Stores claims verified with the keys of `version`, unless the keys have changed since. */
  remember(digest: string, version: number, verified: VerifiedClaims): void;
  readonly size: number;
}

/** Digest of the whole token, so that different texts never share a result and no token is stored. */
export const toDigest = (token: string): string => hash('sha256', token, 'base64');

/** Caches at most `max` verified tokens of the key version that `readVersion` returns. */
export function createTokenMemory(max: number, readVersion: () => number): TokenMemory {
  const held = new RecentMap<string, VerifiedClaims>(max);
  let heldVersion = Number.NaN;

  function dropOutdated(): void {
    const version = readVersion();
    if (version === heldVersion) return;
    held.clear();
    heldVersion = version;
  }

  return {
    recall(digest) {
      dropOutdated();
      return held.get(digest);
    },
    remember(digest, version, verified) {
      dropOutdated();
      if (version === heldVersion) held.set(digest, verified);
    },
    get size() {
      return held.size;
    },
  };
}

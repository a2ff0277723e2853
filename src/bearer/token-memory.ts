import { hash } from 'node:crypto';
import { RecentMap } from '../lib/recent-map.ts';
import type { VerifiedClaims } from './claims-policy.ts';

export interface TokenMemory {
  /** What was proven of this very text under the keys that hold now; undefined where nothing was. */
  recall(digest: string): VerifiedClaims | undefined;
  /** Keeps what was proven under the keys of `version`, unless they have changed since. */
  remember(digest: string, version: number, verified: VerifiedClaims): void;
  readonly size: number;
}

/** The whole token counts, so that no two texts share what was proven of one; and no token is kept as such. */
export const toDigest = (token: string): string => hash('sha256', token, 'base64');

/** Remembers at most `max` verified tokens, all of the key version that `readVersion` tells. */
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

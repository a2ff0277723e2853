import { hash } from 'node:crypto';
import type { TokenFacts } from './claims-policy.ts';

export interface TokenMemory {
  /** What was proven of this very text under the keys that hold now; undefined where nothing was. */
  recall(digest: string): TokenFacts | undefined;
  /** Keeps what was proven under the keys of `version`, unless they have changed since. */
  remember(digest: string, version: number, facts: TokenFacts): void;
  readonly size: number;
}

/** The whole token counts, so that no two texts share what was proven of one; and no token is kept as such. */
export const toDigest = (token: string): string => hash('sha256', token, 'base64');

/**
 * Remembers at most `max` verified tokens, all of the key version that `readVersion` tells. Two generations rather than a list by last use:
 * a hit is then one look-up that moves nothing. (A `Map` whose entries are deleted and set again for every hit keeps
 * the dead ones in its chains, which makes a hot key of a large map ten times slower.)
 */
export function createTokenMemory(max: number, readVersion: () => number): TokenMemory {
  let young = new Map<string, TokenFacts>();
  let old = new Map<string, TokenFacts>();
  let heldVersion = Number.NaN;

  function dropOutdated(): void {
    const version = readVersion();
    if (version === heldVersion) return;
    young = new Map();
    old = new Map();
    heldVersion = version;
  }

  function keep(digest: string, facts: TokenFacts): void {
    if (young.size >= max / 2) {
      old = young;
      young = new Map();
    }
    young.set(digest, facts);
  }

  return {
    recall(digest) {
      dropOutdated();
      const facts = young.get(digest);
      if (facts) return facts;
      const older = old.get(digest);
      if (older) keep(digest, older);
      return older;
    },
    remember(digest, version, facts) {
      dropOutdated();
      if (version === heldVersion) keep(digest, facts);
    },
    get size() {
      return young.size + old.size;
    },
  };
}

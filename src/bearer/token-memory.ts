import { hash } from 'node:crypto';
import type { TokenFacts } from './claims-policy.ts';

export interface TokenMemory {
  /** What was proven of this very text while the keys were at this version; undefined where nothing was. */
  recall(digest: string, version: number): TokenFacts | undefined;
  /** Forgotten again unless the keys are still at the version under which `facts` were proven. */
  remember(digest: string, version: number, facts: TokenFacts): void;
  readonly size: number;
}

/** The whole token counts, so that no two texts share what was proven of one; and no token is kept as such. */
export const toDigest = (token: string): string => hash('sha256', token, 'base64');

/**
 * Remembers at most `max` verified tokens, all of one key version. Two generations rather than a list by last use:
 * a hit is then one look-up that moves nothing. (A `Map` whose entries are deleted and set again for every hit keeps
 * the dead ones in its chains, which makes a hot key of a large map ten times slower.)
 */
export function createTokenMemory(max: number): TokenMemory {
  let young = new Map<string, TokenFacts>();
  let old = new Map<string, TokenFacts>();
  let heldVersion = Number.NaN;

  function holdVersion(version: number): void {
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
    recall(digest, version) {
      holdVersion(version);
      const facts = young.get(digest);
      if (facts) return facts;
      const older = old.get(digest);
      if (older) keep(digest, older);
      return older;
    },
    remember(digest, version, facts) {
      if (version === heldVersion) keep(digest, facts);
    },
    get size() {
      return young.size + old.size;
    },
  };
}

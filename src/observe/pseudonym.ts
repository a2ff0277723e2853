import { createHmac } from 'node:crypto';
import { Lru } from '../lib/lru.ts';

const HASH_CHARS = 16;
const KEPT = 10_000;

/** Turns subjects into keyed hashes, so that lines of one person can be joined but not traced to them. */
export function createPseudonyms(key: Buffer): (subject: string) => string {
  const known = new Lru<string, string>(KEPT);
  return (subject) => {
    const before = known.get(subject);
    if (before !== undefined) return before;
    const hash = createHmac('sha256', key).update(subject).digest('base64url').slice(0, HASH_CHARS);
    known.set(subject, hash);
    return hash;
  };
}

import { RecentMap } from '../lib/recent-map.ts';

const SHOWN_CHARS = 16;
const KEPT = 10_000;

/** Turns subjects into short keyed hashes: log lines of one user can be correlated, but not traced to the user. */
export function createPseudonyms(toHash: (text: string) => string): (subject: string) => string {
  const known = new RecentMap<string, string>(KEPT);
  return (subject) => {
    const before = known.get(subject);
    if (before !== undefined) return before;
    const hash = toHash(subject).slice(0, SHOWN_CHARS);
    known.set(subject, hash);
    return hash;
  };
}

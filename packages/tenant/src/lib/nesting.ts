const MAX_DEPTH = 100;

/**
 * Whether a parsed value is nested more than a hundred levels deep, which could overflow the stack of a recursive
 * function. The check is iterative and visits a shared or circular value once per level.
 */
export function isTooDeep(value: unknown): boolean {
  let level = new Set([value]);
  for (let depth = 0; level.size > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    const members = [...level].flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    level = new Set(members.filter((member) => typeof member === 'object' && member !== null));
  }
  return false;
}

const maxDepth = 100;

/**
 * Whether a parsed value nests deeper than a hundred levels: whatever walks through it by recursion could not come back.
 * It goes level by level itself, and takes what stands in several places, or in itself, once on each.
 */
export function isTooDeep(value: unknown): boolean {
  let level = new Set([value]);
  for (let depth = 0; level.size > 0; depth += 1) {
    if (depth > maxDepth) return true;
    const members = [...level].flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    level = new Set(members.filter((member) => typeof member === 'object' && member !== null));
  }
  return false;
}

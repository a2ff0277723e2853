/** The members of a PATCH: null resets a member to its default. */
type Patch<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/**
 * The document with a PATCH applied, member by member. Null sets the default, or removes a member without a default.
 */
export function applyPatch<T extends object>(document: T, patch: Patch<T>, defaults: Partial<T> = {}): T {
  const next = new Map<string, unknown>(Object.entries(document));
  const fallback = new Map<string, unknown>(Object.entries(defaults));
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value !== null) next.set(name, value);
    else if (fallback.has(name)) next.set(name, fallback.get(name));
    else next.delete(name);
  }
  // Each member comes from the document, the patch or the defaults, so the result is a T.
  return Object.fromEntries(next) as T;
}

type Metadata = Readonly<Record<string, string | null>>;

/** Metadata with a change applied: null removes an entry, an empty object removes all. */
export function mergeMetadata(before: Metadata, change: Metadata): Record<string, string> {
  if (Object.keys(change).length === 0) return {};
  const merged = Object.entries({ ...before, ...change });
  return Object.fromEntries(merged.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

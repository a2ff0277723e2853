/** What a PATCH may say of a document: null puts a member back to what it is where nobody says anything. */
type Patch<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** The document with a PATCH laid over it, member by member; what is null takes the default, or goes where there is none. */
export function applyPatch<T extends object>(document: T, patch: Patch<T>, defaults: Partial<T> = {}): T {
  const next = new Map<string, unknown>(Object.entries(document));
  const fallback = new Map<string, unknown>(Object.entries(defaults));
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value !== null) next.set(name, value);
    else if (fallback.has(name)) next.set(name, fallback.get(name));
    else next.delete(name);
  }
  // Each member is one of T's, from the document, the patch or the defaults.
  return Object.fromEntries(next) as T;
}

type Metadata = Readonly<Record<string, string | null>>;

/** Metadata with a change laid over it: null takes an entry out, and an empty object all of them. */
export function mergeMetadata(before: Metadata, change: Metadata): Record<string, string> {
  if (Object.keys(change).length === 0) return {};
  const merged = Object.entries({ ...before, ...change });
  return Object.fromEntries(merged.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

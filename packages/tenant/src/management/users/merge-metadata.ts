type Metadata = Readonly<Record<string, unknown>>;

/** Metadata after a PATCH: members of the first level are replaced, `null` takes one away, `{}` and null all of them. */
export function mergeMetadata(before: Metadata | undefined, change: Metadata | null): Metadata {
  if (change === null || Object.keys(change).length === 0) return {};
  return Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined),
  );
}

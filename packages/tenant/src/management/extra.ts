import { applyPatch } from './apply-patch.ts';

type Extra = Readonly<Record<string, unknown>>;

/** Parts a body in two: what something depends on, and the members of those names, which are only kept. */
export function partExtra<B extends object, N extends string>(
  body: B,
  names: readonly N[],
): { readonly known: Omit<B, N>; readonly extra: Extra } {
  const isExtra = (name: string): boolean => names.some((extra) => extra === name);
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  const pick = (extra: boolean) => Object.fromEntries(entries.filter(([name]) => isExtra(name) === extra));
  // What is left is the body without those names, which is what `Omit` says.
  return { known: pick(false) as Omit<B, N>, extra: pick(true) };
}

/** What is kept after a change: null takes a member out. Undefined where nothing is left. */
export function mergeExtra(before: Extra | undefined, change: Extra): Extra | undefined {
  const merged = applyPatch<Extra>(before ?? {}, change);
  return Object.keys(merged).length === 0 ? undefined : merged;
}

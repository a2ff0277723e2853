import { applyPatch } from './apply-patch.ts';

type Extra = Readonly<Record<string, unknown>>;

/** Splits a body into the members with an effect and the named ones, which are only stored. */
export function splitExtra<B extends object, N extends string>(
  body: B,
  names: readonly N[],
): { readonly known: Omit<B, N>; readonly extra: Extra } {
  const isExtra = (name: string): boolean => names.some((extra) => extra === name);
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  const pick = (extra: boolean) => Object.fromEntries(entries.filter(([name]) => isExtra(name) === extra));
  // What remains is the body without those names, which is what `Omit` states.
  return { known: pick(false) as Omit<B, N>, extra: pick(true) };
}

/** The stored members after a change: null removes a member. Undefined if none remain. */
export function mergeExtra(before: Extra | undefined, change: Extra): Extra | undefined {
  const merged = applyPatch<Extra>(before ?? {}, change);
  return Object.keys(merged).length === 0 ? undefined : merged;
}

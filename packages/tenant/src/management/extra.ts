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

/** The stored members after a change: null removes a member; those named in `merged` are set member by member. */
export function mergeExtra(
  before: Extra | undefined,
  change: Extra,
  merged: readonly string[] = [],
): Extra | undefined {
  const wanted = Object.entries(change).map(([name, value]) => {
    const old = before?.[name];
    return [name, merged.includes(name) && isPlain(old) && isPlain(value) ? applyPatch(old, value) : value];
  });
  const next = applyPatch<Extra>(before ?? {}, Object.fromEntries(wanted));
  return Object.keys(next).length === 0 ? undefined : next;
}

const isPlain = (value: unknown): value is Extra =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

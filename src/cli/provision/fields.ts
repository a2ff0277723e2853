import { isDeepStrictEqual } from 'node:util';
import type { Fields, ResourceKind } from './step.ts';

/** How a field is compared and written, where it is not exact. */
interface FieldRow {
  readonly kind: ResourceKind;
  /** Members of objects are separated by dots. */
  readonly field: string;
  /** The wanted entries are added, none is removed; `by`: the member that names an entry. */
  readonly includes?: boolean;
  readonly by?: string;
  /** Only a new resource can have another value. */
  readonly isImmutable?: boolean;
  /** An update takes members one by one; of all other objects it takes the whole. */
  readonly isMerged?: boolean;
}

/** Fields that are not listed are exact, and mutable. */
const FIELD_ROWS: readonly FieldRow[] = [
  { kind: 'tenant', field: 'allowed_logout_urls', includes: true },
  { kind: 'tenant', field: 'flags', isMerged: true },
  { kind: 'api', field: 'scopes', includes: true, by: 'value' },
  { kind: 'client', field: 'callbacks', includes: true },
  { kind: 'client', field: 'allowed_logout_urls', includes: true },
  { kind: 'client', field: 'web_origins', includes: true },
  { kind: 'client', field: 'allowed_origins', includes: true },
  { kind: 'client', field: 'grant_types', includes: true },
  { kind: 'client', field: 'refresh_token.policies', includes: true, by: 'audience' },
  { kind: 'client', field: 'refresh_token.policies.scope', includes: true },
  { kind: 'client', field: 'client_metadata', isMerged: true },
  { kind: 'client', field: 'is_first_party', isImmutable: true },
  { kind: 'client', field: 'third_party_security_mode', isImmutable: true },
  { kind: 'connection', field: 'strategy', isImmutable: true },
  { kind: 'connection', field: 'clients', includes: true },
  { kind: 'connection', field: 'metadata', isMerged: true },
];

const rowOf = (kind: ResourceKind, field: string): FieldRow | undefined =>
  FIELD_ROWS.find((row) => row.kind === kind && row.field === field);

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a server may leave the value out, since it means nothing. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b) || (isNothing(a) && isNothing(b));

/** The value that a field has once it is as wanted: what is not mentioned stays. */
function toMerged(kind: ResourceKind, field: string, before: unknown, wanted: unknown): unknown {
  const { includes = false, by } = rowOf(kind, field) ?? {};
  if (includes && Array.isArray(wanted)) return toUnion(kind, field, by, toList(before), wanted);
  if (!isObject(before) || !isObject(wanted)) return wanted;
  const members = Object.entries(wanted).map(([name, value]) => [
    name,
    toMerged(kind, `${field}.${name}`, before[name], value),
  ]);
  return { ...before, ...Object.fromEntries(members) };
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function toUnion(
  kind: ResourceKind,
  field: string,
  by: string | undefined,
  before: readonly unknown[],
  wanted: readonly unknown[],
): unknown[] {
  const keyOf = (entry: unknown): unknown => (by !== undefined && isObject(entry) ? entry[by] : entry);
  const entries = new Map(before.map((entry) => [keyOf(entry), entry]));
  for (const entry of wanted)
    entries.set(keyOf(entry), toMerged(kind, field, entries.get(keyOf(entry)), entry));
  return [...entries.values()];
}

/** What differs of a resource. */
export interface Difference {
  /** As they are, without members of objects that nobody asks for. */
  readonly before: Fields;
  readonly after: Fields;
  /** What an update sends. */
  readonly body: Fields;
  readonly isReplacing: boolean;
}

/** The differing members of two values, `after` being `before` with what is wanted. */
function toShown(before: unknown, after: unknown): readonly [unknown, unknown] {
  if (!isObject(before) || !isObject(after)) return [before, after];
  const names = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  const shown = names.map((name) => [name, toShown(before[name], after[name])] as const);
  return [0, 1].map((side) =>
    Object.fromEntries(
      shown.flatMap(([name, pair]) => (pair[side] === undefined ? [] : [[name, pair[side]]])),
    ),
  ) as [unknown, unknown];
}

/** Compares a resource with what is wanted of it; undefined: nothing differs. */
export function toDifference(kind: ResourceKind, current: Fields, wanted: Fields): Difference | undefined {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const body: Record<string, unknown> = {};
  let isReplacing = false;
  for (const [field, value] of Object.entries(wanted)) {
    const merged = toMerged(kind, field, current[field], value);
    if (value === undefined || isSame(current[field], merged)) continue;
    const [shownBefore, shownAfter] = toShown(current[field], merged);
    if (shownBefore !== undefined) before[field] = shownBefore;
    after[field] = shownAfter;
    const row = rowOf(kind, field);
    body[field] = row?.isMerged === true ? shownAfter : merged;
    isReplacing ||= row?.isImmutable === true;
  }
  return Object.keys(after).length === 0 ? undefined : { before, after, body, isReplacing };
}

/** All that is wanted of a resource, with the shared entries that it has. */
export const toReplacement = (kind: ResourceKind, current: Fields, wanted: Fields): Fields =>
  Object.fromEntries(
    Object.entries(wanted).map(([field, value]) => [
      field,
      rowOf(kind, field)?.includes === true ? toMerged(kind, field, current[field], value) : value,
    ]),
  );

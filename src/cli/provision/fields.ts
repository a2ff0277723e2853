import type { Fields, ResourceKind } from './step.ts';

/** How a field is compared and written if it is not exact. */
interface FieldRow {
  readonly kind: ResourceKind;
  /** Members of objects are separated by dots. */
  readonly field: string;
  /** Desired entries are added, none is removed; `by`: the member that identifies an entry. */
  readonly includes?: boolean;
  readonly by?: string;
  /** Whether only a new resource can have a different value. */
  readonly isImmutable?: boolean;
  /** Whether an update changes members one by one; other objects are replaced. */
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

/** Whether a server may omit the value because it is empty. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.values(value).every(isNothing));

function isSame(a: unknown, b: unknown): boolean {
  if (isNothing(a) && isNothing(b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, i) => isSame(entry, b[i]));
  if (!isObject(a) || !isObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => isSame(a[name], b[name]));
}

/** The value of a field after an update; members that are not mentioned stay. */
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

/** The difference of a resource. */
export interface Difference {
  /** The current values, without members that the file does not mention. */
  readonly before: Fields;
  readonly after: Fields;
  /** The body of the update. */
  readonly body: Fields;
  readonly isReplacing: boolean;
}

/** The differing members of two values; `after` is `before` with the desired values. */
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

/** Compares a resource with its desired state; undefined: no difference. */
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

/** The complete desired fields of a resource, with its existing shared entries. */
export const toReplacement = (kind: ResourceKind, current: Fields, wanted: Fields): Fields =>
  Object.fromEntries(
    Object.entries(wanted).map(([field, value]) => [
      field,
      rowOf(kind, field)?.includes === true ? toMerged(kind, field, current[field], value) : value,
    ]),
  );

import type { DesiredTenant } from '../provision/desired-tenant.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both values in one: objects member by member, lists with the entries of both; else the later one. */
function merge(before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after))
    return [...before, ...after.filter((one) => !before.includes(one))];
  if (!isObject(before) || !isObject(after)) return after ?? before;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries([...names].map((name) => [name, merge(before[name], after[name])]));
}

/** Entries with the same key in one. */
function mergeByKey<T extends object>(entries: readonly T[], keyOf: (entry: T) => string): T[] {
  const byKey = new Map<string, T>();
  // Merged members keep their names and types.
  for (const entry of entries) byKey.set(keyOf(entry), merge(byKey.get(keyOf(entry)), entry) as T);
  return [...byKey.values()];
}

/** Merges the desired states of several fixes. */
export function mergeDesired(parts: readonly DesiredTenant[]): DesiredTenant {
  const tenants = parts.flatMap(({ tenant }) => tenant ?? []);
  const protections = parts.flatMap(({ protection }) => protection ?? []);
  const clients = parts.flatMap((part) => part.clients ?? []);
  return {
    ...(tenants.length > 0 && { tenant: tenants.reduce((whole, part) => merge(whole, part) as typeof part) }),
    ...(protections.length > 0 && {
      protection: protections.reduce((whole, part) => merge(whole, part) as typeof part),
    }),
    apis: mergeByKey(
      parts.flatMap(({ apis }) => apis ?? []),
      ({ identifier }) => identifier,
    ),
    clients: mergeByKey(clients, ({ client_id, key }) => client_id ?? key ?? ''),
    connections: mergeByKey(
      parts.flatMap(({ connections }) => connections ?? []),
      ({ name }) => name,
    ),
  };
}

import type { SeedInput } from './seed-input.ts';

type Entry = Readonly<Record<string, unknown>>;

type Overlay<T> = { readonly [K in keyof T]?: T[K] | undefined };

const isObject = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The later entry applied on top of the earlier: its members win; object members (`options`, `refresh_token` …) are
 * merged.
 */
export function mergeEntry<T extends object>(earlier: T, later: Overlay<T>): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(earlier));
  for (const [name, value] of Object.entries(later)) {
    const before = merged[name];
    if (value !== undefined)
      merged[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  // Each member comes from one of the two, so the result is a T.
  return merged as T;
}

function mergeByKey<T extends Entry>(
  earlier: readonly T[],
  later: readonly T[],
  keyOf: (entry: T) => string,
): T[] {
  const merged = new Map(earlier.map((entry) => [keyOf(entry), entry]));
  for (const entry of later) {
    const before = merged.get(keyOf(entry));
    merged.set(keyOf(entry), before ? mergeEntry(before, entry) : entry);
  }
  return [...merged.values()];
}

/** Applies `later` on top of `earlier`; an entry overrides the one with its key. */
export function mergeSeeds(earlier: SeedInput, later: SeedInput): SeedInput {
  return {
    tenant: mergeEntry(earlier.tenant, later.tenant),
    rate_limits: later.rate_limits ?? earlier.rate_limits,
    guardian: mergeEntry(earlier.guardian, later.guardian),
    connections: mergeByKey(earlier.connections, later.connections, (c) => c.name),
    resource_servers: mergeByKey(earlier.resource_servers, later.resource_servers, (api) => api.identifier),
    clients: mergeByKey(earlier.clients, later.clients, (c) => c.client_id),
    organizations: mergeByKey(earlier.organizations, later.organizations, (o) => o.name),
    client_grants: mergeByKey(earlier.client_grants, later.client_grants, (g) =>
      [g.client_id ?? g.default_for, g.audience, g.subject_type ?? 'client'].join('\n'),
    ),
    actions: later.actions ?? earlier.actions,
    roles: mergeByKey(earlier.roles, later.roles, (r) => r.name),
    users: mergeByKey(
      earlier.users,
      later.users,
      (u) => u.user_id ?? `${u.connection ?? ''}\n${u.email ?? u.username}`,
    ),
  };
}

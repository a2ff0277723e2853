import type { Clock } from '../lib/clock.ts';
import type { RedisLocation } from './redis-connection.ts';
import type { StoreEvent } from './redis-events.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** Where the store is: a file (`:memory:` for none), or a server, found by itself, by sentinels or as a cluster. */
export type StoreLocation = { readonly kind: 'sqlite'; readonly file: string } | RedisLocation;

/** Opens the store. The connection to an unreachable server is retried in the background. @throws Error where a file cannot be had */
export async function openStore(
  location: StoreLocation,
  clock: Clock,
  onEvent: (event: StoreEvent) => void,
): Promise<Store> {
  if (location.kind === 'sqlite') return createSqliteStore(location.file, clock);
  const { connectRedis } = await import('./redis-connection.ts');
  const { createRedisStore } = await import('./redis-store.ts');
  return createRedisStore(await connectRedis(location, onEvent), clock);
}

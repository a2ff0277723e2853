import type { Clock } from '../lib/clock.ts';
import type { RedisLocation } from './redis-connection.ts';
import type { StoreEvent } from './redis-events.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** The location of the store: a file (`:memory:` for none), or a server by its address, by sentinels or as a cluster. */
export type StoreLocation = { readonly kind: 'sqlite'; readonly file: string } | RedisLocation;

/**
 * Opens the store. The connection to an unreachable server is retried in the background. @throws Error if a file cannot be
 * opened
 */
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

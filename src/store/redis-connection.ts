import type { Redis } from 'ioredis';

/** Address and credentials of a Redis or Valkey server. */
export interface RedisLocation {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Its number. */
  readonly database: number;
  readonly tls: boolean;
}

/** Called once when the store is lost, with the reason, and once when it is back. */
export type StoreEvent = { readonly type: 'lost'; readonly reason: string } | { readonly type: 'restored' };

/** Timeouts by which an outage is detected: less than a second in total. */
const COMMAND_TIMEOUT_MS = 700;
/** A connection without data for this long, while replies are pending, is closed. */
const SILENCE_TIMEOUT_MS = 800;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_RETRY_DELAY_MS = 1_000;
const SUCCESSOR_SEARCH_MS = 2_000;

/**
 * Reconnects, at most now and then, after a server became a replica: its name may resolve to the new primary. Reads still
 * work meanwhile.
 */
function createSuccessorSearch(): (error: Error) => boolean {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!error.message.startsWith('READONLY') || performance.now() < lastMs + SUCCESSOR_SEARCH_MS)
      return false;
    lastMs = performance.now();
    return true;
  };
}

/**
 * Connects. Resolves when the server is ready or the first attempt has failed, and keeps reconnecting. Commands are not queued
 * and not sent twice: they fail at once without a connection, or when their reply is late.
 */
export async function connectRedis(
  location: RedisLocation,
  onEvent: (event: StoreEvent) => void,
): Promise<Redis> {
  const { host, port, username, password, database, tls } = location;
  // Loaded only with a Redis store.
  const { Redis } = await import('ioredis');
  const redis = new Redis({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectionName: 'gatehouse',
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, MAX_RETRY_DELAY_MS),
    reconnectOnError: createSuccessorSearch(),
  });
  let isUp = true;
  let reason = 'connection closed';
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  // No event for a connection that the gateway closes itself.
  redis.on('reconnecting', () => {
    if (isUp) onEvent({ type: 'lost', reason });
    isUp = false;
  });
  await new Promise<void>((resolve) => {
    redis.on('ready', () => {
      if (!isUp) onEvent({ type: 'restored' });
      isUp = true;
      reason = 'connection closed';
      resolve();
    });
    redis.once('close', resolve);
  });
  return redis;
}

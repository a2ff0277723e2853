import type { Redis } from 'ioredis';
import type { RedisClient } from './redis-connection.ts';

/** Commands of this connection come after the wait, so that it must be short. */
const WAIT_MS = 50;
/** How long the number of replicas that follow is taken for known. */
const KNOWN_MS = 30_000;

const REPLICAS = /^connected_slaves:(\d+)/m;

/**
 * Creates the function that waits for a moment until a replica has received what this connection has written. It does nothing on a
 * cluster, and without a replica that follows; it never fails, since the write is done.
 */
export function createReplicaWait(redis: RedisClient): () => Promise<void> {
  if (redis.isCluster) return async () => undefined;
  const server = redis as Redis;
  let isFollowed = false;
  let knownUntilMs = Number.NEGATIVE_INFINITY;
  // Another server may have other replicas.
  server.on('ready', () => {
    knownUntilMs = Number.NEGATIVE_INFINITY;
  });

  function know(value: boolean): void {
    isFollowed = value;
    knownUntilMs = performance.now() + KNOWN_MS;
  }

  return async () => {
    try {
      if (performance.now() > knownUntilMs)
        know(Number(REPLICAS.exec(await server.info('replication'))?.[1] ?? 0) > 0);
      if (isFollowed && (await server.wait(1, WAIT_MS)) === 0) know(false);
    } catch {
      know(false);
    }
  };
}

import type { Redis } from 'ioredis';
import { ask, toFlag } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import type { Locks } from './store.ts';

/** key, owner, ttl */
const acquire = `
  local owner = redis.call('GET', ARGV[1])
  if owner and owner ~= ARGV[2] then return 0 end
  redis.call('SET', ARGV[1], ARGV[2], 'PX', ARGV[3])
  return 1
`;

/** key, owner */
const release = `
  if redis.call('GET', ARGV[1]) == ARGV[2] then redis.call('DEL', ARGV[1]) end
  return 1
`;

/** Locks over all replicas. Their time is the server's: replicas' clocks may differ. */
export function createRedisLocks(redis: Redis): Locks {
  const run = {
    acquire: defineScript(redis, 'acquire', acquire),
    release: defineScript(redis, 'release', release),
  };
  const keyOf = (name: string) => `gatehouse:lock:${name}`;
  return {
    acquire: (name, owner, ttlMs) => ask(run.acquire(keyOf(name), owner, Math.ceil(ttlMs)), toFlag),
    release: (name, owner) => ask(run.release(keyOf(name), owner), () => undefined),
  };
}

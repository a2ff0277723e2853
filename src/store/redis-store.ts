import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { CountingLimiter, createMemoryCounts } from './counts.ts';
import { ask, defineScript, toFlag, toNumber } from './redis-connection.ts';
import { createRedisLimiter } from './redis-limiter.ts';
import { nameScripts } from './redis-scripts.ts';
import { createRedisSessions } from './redis-sessions.ts';
import type { Locks, Marks, Store } from './store.ts';

/** The time of locks is the server's: replicas' clocks may differ. */
function createRedisLocks(redis: Redis): Locks {
  const acquire = defineScript(redis, 'acquire', nameScripts.acquire);
  const release = defineScript(redis, 'release', nameScripts.release);
  const keyOf = (name: string) => `gatehouse:lock:${name}`;
  return {
    acquire: (name, owner, ttlMs) => ask(acquire(keyOf(name), owner, Math.ceil(ttlMs)), toFlag),
    release: (name, owner) => ask(release(keyOf(name), owner), () => undefined),
  };
}

function createRedisMarks(redis: Redis, clock: Clock): Marks {
  const markOnce = defineScript(redis, 'markOnce', nameScripts.markOnce);
  const keyOf = (name: string) => `gatehouse:mark:${name}`;
  return {
    markOnce(name, ttlMs) {
      const now = clock.now();
      return ask(markOnce(keyOf(name), now, now + ttlMs, Math.ceil(ttlMs)), toFlag);
    },
    mark: (name, ttlMs) =>
      ask(redis.set(keyOf(name), clock.now() + ttlMs, 'PX', Math.ceil(ttlMs)), () => undefined),
    isMarked: (name) =>
      ask(redis.get(keyOf(name)), (reply) => reply !== null && toNumber(reply) > clock.now()),
  };
}

/** A store on a Redis or Valkey server (6.2 or later), shared by all replicas. */
export function createRedisStore(redis: Redis, clock: Clock): Store {
  const insurance = createMemoryCounts(clock);
  return {
    sessions: createRedisSessions(redis, clock),
    locks: createRedisLocks(redis),
    marks: createRedisMarks(redis, clock),
    makeLimiter: (name, rate) =>
      createRedisLimiter(redis, name, rate, new CountingLimiter(name, rate, insurance, clock)),
    // Not PING: that is answered while the data cannot be read yet.
    ping: () => ask(redis.exists('gatehouse:sessions'), () => undefined),
    close: async () => redis.disconnect(),
  };
}

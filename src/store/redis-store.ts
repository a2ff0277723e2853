import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { CountingLimiter, createMemoryCounts } from './counts.ts';
import { createRedisLimiter } from './redis-limiter.ts';
import { createRedisLocks } from './redis-locks.ts';
import { createRedisReplayStore } from './redis-replay-store.ts';
import { ask } from './redis-reply.ts';
import { createRedisSessions } from './redis-sessions.ts';
import type { Store } from './store.ts';

/** A store on a Redis or Valkey server, shared by all replicas. */
export function createRedisStore(redis: Redis, clock: Clock): Store {
  const insurance = createMemoryCounts(clock);
  return {
    sessions: createRedisSessions(redis, clock),
    locks: createRedisLocks(redis),
    replayStore: createRedisReplayStore(redis, clock),
    makeLimiter: (name, rate) =>
      createRedisLimiter(redis, name, rate, new CountingLimiter(name, rate, insurance, clock)),
    // Not PING: that is answered while the data cannot be read yet.
    ping: () => ask(redis.exists('gatehouse:sessions'), () => undefined),
    // What runs is finished; where nothing can, there is nothing to wait for.
    close: async () => void (await redis.quit().catch(() => redis.disconnect())),
  };
}

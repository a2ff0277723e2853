import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterRedis } from 'rate-limiter-flexible';
import type { Clock } from '../lib/clock.ts';
import { CountingLimiter, createMemoryCounts } from './counts.ts';
import { createRedisDenyEntries } from './redis-deny-entries.ts';
import { ask, toFlag, toNumber, toText } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import { createRedisSessions } from './redis-sessions.ts';
import type { LimiterRate, Locks, ReplayStore, Store } from './store.ts';

/**
 * Replaces the library's script: refused points are not counted, and a count does not fall below zero. Arguments: points to
 * add (negative: to remove), seconds of the window, the limit.
 */
const COUNT = `
  local held = tonumber(redis.call('GET', KEYS[1]) or 0)
  local added, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
  local sum = held + added
  local ttl = redis.call('PTTL', KEYS[1])
  if added > 0 and sum > limit then return { sum, ttl } end
  if sum <= 0 then
    redis.call('DEL', KEYS[1])
    return { 0, 0 }
  end
  if held <= 0 or ttl < 0 then
    redis.call('SET', KEYS[1], sum, 'EX', ARGV[2])
    return { sum, 1000 * ARGV[2] }
  end
  redis.call('INCRBY', KEYS[1], added)
  return { sum, ttl }
`;

/** A limiter shared by all replicas, by the server's clock. @param insurance counts while the server is unreachable */
const createRedisLimiter = (
  redis: Redis,
  name: string,
  rate: LimiterRate,
  insurance: RateLimiterAbstract,
): RateLimiterAbstract =>
  new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `gatehouse:limit:${name}`,
    points: rate.count,
    duration: rate.windowS,
    customIncrTtlLuaScript: COUNT,
    rejectIfRedisNotReady: true,
    insuranceLimiter: insurance,
  });

/** key, owner, ttl */
const ACQUIRE = `
  local owner = redis.call('GET', ARGV[1])
  if owner and owner ~= ARGV[2] then return 0 end
  redis.call('SET', ARGV[1], ARGV[2], 'PX', ARGV[3])
  return 1
`;

/** key, owner */
const RELEASE = `
  if redis.call('GET', ARGV[1]) == ARGV[2] then redis.call('DEL', ARGV[1]) end
  return 1
`;

/** Locks shared by all replicas. They use the server's clock, since the clocks of replicas may differ. */
function createRedisLocks(redis: Redis): Locks {
  const run = {
    acquire: defineScript(redis, 'acquire', ACQUIRE),
    release: defineScript(redis, 'release', RELEASE),
  };
  const keyOf = (name: string) => `gatehouse:lock:${name}`;
  return {
    acquire: (name, owner, ttlMs) => ask(run.acquire(keyOf(name), owner, Math.ceil(ttlMs)), toFlag),
    release: (name, owner) => ask(run.release(keyOf(name), owner), () => undefined),
  };
}

/** key, now, time at which the entry lapses, ttl */
const CONSUME_ONCE = `
  local lapse = redis.call('GET', ARGV[1])
  if lapse and tonumber(lapse) > tonumber(ARGV[2]) then return 0 end
  redis.call('SET', ARGV[1], ARGV[3], 'PX', ARGV[4])
  return 1
`;

/** The replay store of all replicas; an entry holds the time at which it lapses. */
function createRedisReplayStore(redis: Redis, clock: Clock): ReplayStore {
  const runConsumeOnce = defineScript(redis, 'consumeOnce', CONSUME_ONCE);
  const keyOf = (name: string) => `gatehouse:mark:${name}`;
  return {
    consumeOnce(name, ttlMs) {
      const now = clock.now();
      return ask(runConsumeOnce(keyOf(name), now, now + ttlMs, Math.ceil(ttlMs)), toFlag);
    },
    remember: (name, ttlMs) =>
      ask(redis.set(keyOf(name), clock.now() + ttlMs, 'PX', Math.ceil(ttlMs)), () => undefined),
    isRemembered: (name) =>
      ask(redis.get(keyOf(name)), (reply) => reply !== null && toNumber(reply) > clock.now()),
  };
}

/** A text that nobody has written for so long is of no use. */
const TEXT_TTL_S = 90 * 24 * 3600;

/** A store on a Redis or Valkey server, shared by all replicas. */
export function createRedisStore(redis: Redis, clock: Clock): Store {
  const insurance = createMemoryCounts(clock);
  return {
    sessions: createRedisSessions(redis, clock),
    locks: createRedisLocks(redis),
    replayStore: createRedisReplayStore(redis, clock),
    denyEntries: createRedisDenyEntries(redis, clock),
    texts: {
      read: (name) =>
        ask(redis.get(`gatehouse:text:${name}`), (reply) => (reply === null ? undefined : toText(reply))),
      write: (name, text) =>
        ask(redis.set(`gatehouse:text:${name}`, text, 'EX', TEXT_TTL_S), () => undefined),
    },
    makeLimiter: (name, rate) =>
      createRedisLimiter(redis, name, rate, new CountingLimiter(name, rate, insurance, clock)),
    // Not PING, which is answered while the server is still loading data.
    ping: () => ask(redis.exists('gatehouse:sessions'), () => undefined),
    // QUIT lets pending commands finish; without a connection there are none.
    close: async () => void (await redis.quit().catch(() => redis.disconnect())),
  };
}

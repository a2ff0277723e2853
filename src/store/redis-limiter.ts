import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterRedis } from 'rate-limiter-flexible';
import type { LimiterRate } from './store.ts';

/**
 * Instead of the library's own: what is refused is not counted, and nothing is taken away from nothing. Its arguments:
 * points to add or take away, seconds of the window, the limit.
 */
const count = `
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

/** A limiter of the library over all replicas, by the time of the server. @param insurance counts while the server is away */
export const createRedisLimiter = (
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
    customIncrTtlLuaScript: count,
    rejectIfRedisNotReady: true,
    insuranceLimiter: insurance,
  });

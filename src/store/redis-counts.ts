import type { Clock } from '../lib/clock.ts';
import type { Count, Counts } from './counts.ts';
import type { RedisClient } from './redis-connection.ts';
import { ask, toList, toNumber } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';

/** Points to add (negative: to remove), the limit, ms of the window. Answers the sum and the ms that are left of the window. */
const ADD = `
  local held = tonumber(redis.call('GET', KEYS[1]) or 0)
  local added, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local sum = held + added
  local ttl = redis.call('PTTL', KEYS[1])
  if held <= 0 or ttl < 0 then ttl = window end
  if added > 0 and sum > limit then return { sum, ttl } end
  if sum <= 0 then
    redis.call('DEL', KEYS[1])
    return { 0, window }
  end
  if ttl == window then redis.call('SET', KEYS[1], sum, 'PX', window) else redis.call('INCRBY', KEYS[1], added) end
  return { sum, ttl }
`;

/** Answers the points and the ms that are left of the window. */
const READ = `return { redis.call('GET', KEYS[1]) or 0, redis.call('PTTL', KEYS[1]) }`;

/** Counts of all replicas, whose windows the server's clock ends. */
export function createRedisCounts(redis: RedisClient, clock: Clock): Counts {
  const add = defineScript(redis, 'countAdd', ADD);
  const read = defineScript(redis, 'countRead', READ);
  const toCount = (reply: unknown): Count => {
    const [points, leftMs] = toList(reply).map(toNumber);
    return { points: points ?? 0, lapsesAtMs: clock.now() + (leftMs ?? 0) };
  };
  return {
    add: (name, points, limit, windowMs) => ask(add(name, points, limit, Math.ceil(windowMs)), toCount),
    read: (name) =>
      ask(read(name), (reply) => {
        const count = toCount(reply);
        return count.points > 0 ? count : undefined;
      }),
    remove: (name) => ask(redis.del(name), (removed) => toNumber(removed) > 0),
  };
}

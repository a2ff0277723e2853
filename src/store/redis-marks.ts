import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { ask, toFlag, toNumber } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import type { Marks } from './store.ts';

/** key, now, time at which the mark lapses, ttl */
const markOnce = `
  local lapse = redis.call('GET', ARGV[1])
  if lapse and tonumber(lapse) > tonumber(ARGV[2]) then return 0 end
  redis.call('SET', ARGV[1], ARGV[3], 'PX', ARGV[4])
  return 1
`;

/** Marks over all replicas; a mark holds the time at which it lapses. */
export function createRedisMarks(redis: Redis, clock: Clock): Marks {
  const runMarkOnce = defineScript(redis, 'markOnce', markOnce);
  const keyOf = (name: string) => `gatehouse:mark:${name}`;
  return {
    markOnce(name, ttlMs) {
      const now = clock.now();
      return ask(runMarkOnce(keyOf(name), now, now + ttlMs, Math.ceil(ttlMs)), toFlag);
    },
    mark: (name, ttlMs) =>
      ask(redis.set(keyOf(name), clock.now() + ttlMs, 'PX', Math.ceil(ttlMs)), () => undefined),
    isMarked: (name) =>
      ask(redis.get(keyOf(name)), (reply) => reply !== null && toNumber(reply) > clock.now()),
  };
}

import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { ask, toFlag, toNumber } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import type { ReplayStore } from './store.ts';

/** key, now, time at which the entry lapses, ttl */
const consumeOnce = `
  local lapse = redis.call('GET', ARGV[1])
  if lapse and tonumber(lapse) > tonumber(ARGV[2]) then return 0 end
  redis.call('SET', ARGV[1], ARGV[3], 'PX', ARGV[4])
  return 1
`;

/** The replay store of all replicas; an entry holds the time at which it lapses. */
export function createRedisReplayStore(redis: Redis, clock: Clock): ReplayStore {
  const runConsumeOnce = defineScript(redis, 'consumeOnce', consumeOnce);
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

import type { Cluster } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { CountingLimiter, createMemoryCounts } from './counts.ts';
import type { RedisClient } from './redis-connection.ts';
import { createRedisCounts } from './redis-counts.ts';
import { createRedisDenyEntries } from './redis-deny-entries.ts';
import { ask, toFlag, toNumber, toText } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import { ALL_SESSIONS } from './redis-session-index.ts';
import { createRedisSessions } from './redis-sessions.ts';
import type { Locks, ReplayStore, Store } from './store.ts';

/** owner, ttl */
const ACQUIRE = `
  local owner = redis.call('GET', KEYS[1])
  if owner and owner ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
`;

/** owner */
const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 1
`;

/** Locks shared by all replicas. They use the server's clock, since the clocks of replicas may differ. */
function createRedisLocks(redis: RedisClient): Locks {
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

/** now, time at which the entry expires, ttl */
const CONSUME_ONCE = `
  local lapse = redis.call('GET', KEYS[1])
  if lapse and tonumber(lapse) > tonumber(ARGV[1]) then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
`;

/** The replay store of all replicas; the value of an entry is its expiry time. */
function createRedisReplayStore(redis: RedisClient, clock: Clock): ReplayStore {
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

/** A text that was not written for this time expires. */
const TEXT_TTL_S = 90 * 24 * 3600;

/** Throws unless the server responds; in a cluster, every primary. */
async function ping(redis: RedisClient): Promise<void> {
  // Not PING of a single server, which is answered while the server is still loading data.
  const asked = redis.isCluster
    ? (redis as Cluster).nodes('master').map((node) => node.ping())
    : [redis.exists(ALL_SESSIONS)];
  if (asked.length === 0) throw new Error('no node of the cluster is known');
  await Promise.all(asked);
}

/** A store on a Redis or Valkey server or cluster, shared by all replicas. */
export function createRedisStore(redis: RedisClient, clock: Clock): Store {
  const counts = createRedisCounts(redis, clock);
  const insurance = createMemoryCounts(clock);
  const textKey = (name: string) => `gatehouse:text:${name}`;
  return {
    sessions: createRedisSessions(redis, clock),
    locks: createRedisLocks(redis),
    replayStore: createRedisReplayStore(redis, clock),
    denyEntries: createRedisDenyEntries(redis, clock),
    texts: {
      read: (name) => ask(redis.get(textKey(name)), (reply) => (reply === null ? undefined : toText(reply))),
      write: (name, text) => ask(redis.set(textKey(name), text, 'EX', TEXT_TTL_S), () => undefined),
    },
    makeLimiter: (name, rate) =>
      new CountingLimiter(
        `gatehouse:limit:${name}`,
        rate,
        counts,
        clock,
        new CountingLimiter(name, rate, insurance, clock),
      ),
    ping: () => ask(ping(redis), () => undefined),
    // QUIT lets pending commands finish; without a connection there are none.
    close: async () => void (await redis.quit().catch(() => redis.disconnect())),
  };
}

import type { Clock } from '../lib/clock.ts';
import type { Count, Counts } from './counts.ts';
import type { RedisClient } from './redis-connection.ts';
import { ask, toList, toNumber } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';

/**
 * For each key: points to add (negative: to remove), the limit, ms of the window. Answers for each the sum and the ms that are left of the
 * window.
 */
const ADD = `
  local answers = {}
  for i, key in ipairs(KEYS) do
    local added, limit, window = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
    local held = tonumber(redis.call('GET', key) or 0)
    local sum = held + added
    local ttl = redis.call('PTTL', key)
    if held <= 0 or ttl < 0 then ttl = window end
    if added <= 0 or sum <= limit then
      if sum <= 0 then
        redis.call('DEL', key)
        sum, ttl = 0, window
      elseif ttl == window then
        redis.call('SET', key, sum, 'PX', window)
      else
        redis.call('INCRBY', key, added)
      end
    end
    answers[2 * i - 1], answers[2 * i] = sum, ttl
  end
  return answers
`;

/** Answers the points and the ms that are left of the window. */
const READ = `return { redis.call('GET', KEYS[1]) or 0, redis.call('PTTL', KEYS[1]) }`;

/** The arguments of `Counts.add`. */
type Addition = Parameters<Counts['add']>;

interface Waiting {
  readonly addition: Addition;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects what is asked for at once, and runs it as one call. */
function combine(run: (additions: readonly Addition[]) => Promise<readonly Count[]>): Counts['add'] {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const all = waiting;
    waiting = [];
    try {
      const counts = await run(all.map(({ addition }) => addition));
      // The reply has as many counts.
      for (const [i, { resolve }] of all.entries()) resolve(counts[i] as Count);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  return (...addition) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(() => void flush());
      waiting.push({ addition, resolve, reject });
    });
}

/** Counts of all replicas, whose windows the server's clock ends. */
export function createRedisCounts(redis: RedisClient, clock: Clock): Counts {
  const addAll = defineScript(redis, 'countAdd', ADD, 'any');
  const read = defineScript(redis, 'countRead', READ);
  const toCount = (points: unknown, leftMs: unknown): Count => ({
    points: toNumber(points),
    lapsesAtMs: clock.now() + toNumber(leftMs),
  });

  function add(additions: readonly Addition[]): Promise<readonly Count[]> {
    const names = additions.map(([name]) => name);
    const numbers = additions.flatMap(([, points, limit, windowMs]) => [points, limit, Math.ceil(windowMs)]);
    return ask(addAll(names.length, ...names, ...numbers), (reply) => {
      const answers = toList(reply);
      return names.map((_, i) => toCount(answers[2 * i], answers[2 * i + 1]));
    });
  }

  return {
    // The keys of a cluster are on different nodes.
    add: redis.isCluster ? async (...addition) => (await add([addition]))[0] as Count : combine(add),
    read: (name) =>
      ask(read(name), (reply) => {
        const [points, leftMs] = toList(reply);
        const count = toCount(points, leftMs);
        return count.points > 0 ? count : undefined;
      }),
    remove: (name) => ask(redis.del(name), (removed) => toNumber(removed) > 0),
  };
}

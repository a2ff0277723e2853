import type { Clock } from '../lib/clock.ts';
import type { RedisClient } from './redis-connection.ts';
import { ask, toFlag, toList, toNumber, toText } from './redis-reply.ts';
import { defineScript, type Script } from './redis-script.ts';
import { DENY_PAGE, type DenyEntries, type DenyEntry, type DenyKind } from './store.ts';

/*
 * `gatehouse:denials` is a hash of the entries by name, `gatehouse:denials:order` a sorted set of the names by the number of their
 * latest change, `gatehouse:denials:lapses` one by the time at which they expire, `gatehouse:denials:version` the latest number,
 * `gatehouse:denials:first` the first one. A removed entry remains, with time 0, until it expires. Numbers are at least the time in
 * milliseconds, so that after a loss of all data they are greater than those that replicas have read. On a cluster the keys have
 * `{denials}` instead of `denials`, which keeps all of them in one slot.
 */
const shared = `
  local entries, order, lapses, version, first = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
  -- Longer than the lifetime of any entry.
  local ttl = 40 * 86400
  local function put(name, before, lapse)
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
    local number = string.format('%.0f', math.max(tonumber(redis.call('GET', version) or 0) + 1, now))
    redis.call('SET', first, number, 'NX')
    redis.call('SET', version, number)
    redis.call('HSET', entries, name, before .. ' ' .. lapse)
    redis.call('ZADD', order, number, name)
    redis.call('ZADD', lapses, lapse, name)
  end
  local function keep()
    for _, key in ipairs({ entries, order, lapses, version, first }) do redis.call('EXPIRE', key, ttl) end
  end
  local function timesOf(name)
    local entry = redis.call('HGET', entries, name)
    if not entry then return nil end
    return string.match(entry, '^(%d+) (%d+)$')
  end
`;

/** now, name, time of issue, time at which it expires */
const add = `${shared}
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', lapses, '-inf', ARGV[1], 'LIMIT', 0, 4)) do
    redis.call('HDEL', entries, name)
    redis.call('ZREM', order, name)
    redis.call('ZREM', lapses, name)
  end
  local before = timesOf(ARGV[2])
  if not before or tonumber(before) < tonumber(ARGV[3]) then put(ARGV[2], ARGV[3], ARGV[4]) end
  keep()
  return 1
`;

/** name, time of issue and time of expiry of each */
const restore = `${shared}
  for i = 1, #ARGV, 3 do
    if not timesOf(ARGV[i]) then put(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
  end
  keep()
  return 1
`;

/** names */
const remove = `${shared}
  for _, name in ipairs(ARGV) do
    local before, lapse = timesOf(name)
    if before and tonumber(before) > 0 then put(name, '0', lapse) end
  end
  keep()
  return 1
`;

/**
 * number, most entries: answers the number to go on from, whether the server was emptied since the given one, whether there are more
 * entries, then names and entries, alternating.
 */
const readAfter = `${shared}
  local latest = tonumber(redis.call('GET', version) or 0)
  local after = tonumber(ARGV[1])
  if latest == after then return { latest, 0, 0 } end
  local isEmptied = latest < after or (after > 0 and tonumber(redis.call('GET', first) or 0) > after)
  if latest < after then after = 0 end
  local from, most = '(' .. string.format('%.0f', after), tonumber(ARGV[2])
  local found = redis.call('ZRANGEBYSCORE', order, from, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  local isMore = #found == 2 * most
  local rows = { isMore and found[#found] or latest, isEmptied and 1 or 0, isMore and 1 or 0 }
  for i = 1, #found, 2 do
    rows[#rows + 1] = found[i]
    rows[#rows + 1] = redis.call('HGET', entries, found[i])
  end
  return rows
`;

/** Entries of one call that writes: the server does nothing else meanwhile. */
const WRITTEN_AT_ONCE = 500;

function* toParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += WRITTEN_AT_ONCE) yield all.slice(at, at + WRITTEN_AT_ONCE);
}

const toName = (kind: DenyKind, key: string): string => `${kind} ${key}`;

function toEntries(fields: readonly unknown[], nowMs: number): DenyEntry[] {
  const entries: DenyEntry[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const [name, text] = [toText(fields[i]), toText(fields[i + 1])];
    const at = name.indexOf(' ');
    const [before, lapse] = text.split(' ');
    // Only this file writes names.
    const kind = name.slice(0, at) as DenyKind;
    const lapsesAtMs = toNumber(lapse);
    if (lapsesAtMs > nowMs)
      entries.push({ kind, key: name.slice(at + 1), issuedBeforeS: toNumber(before), lapsesAtMs });
  }
  return entries;
}

/** The deny list of all replicas on a Redis server. */
export function createRedisDenyEntries(redis: RedisClient, clock: Clock): DenyEntries {
  const base = redis.isCluster ? 'gatehouse:{denials}' : 'gatehouse:denials';
  const keys = ['', ':order', ':lapses', ':version', ':first'].map((end) => `${base}${end}`);
  const define = (name: string, lua: string): Script => {
    const script = defineScript(redis, name, lua, keys.length);
    return (...args) => script(...keys, ...args);
  };
  const run = {
    add: define('denyAdd', add),
    restore: define('denyRestore', restore),
    remove: define('denyRemove', remove),
    readAfter: define('denyReadAfter', readAfter),
  };
  return {
    add: ({ kind, key, issuedBeforeS, lapsesAtMs }) =>
      ask(run.add(clock.now(), toName(kind, key), issuedBeforeS, Math.ceil(lapsesAtMs)), () => undefined),
    async restore(all) {
      for (const some of toParts(all)) {
        const rows = some.map(({ kind, key, issuedBeforeS, lapsesAtMs }) => [
          toName(kind, key),
          issuedBeforeS,
          Math.ceil(lapsesAtMs),
        ]);
        await ask(run.restore(...rows.flat()), () => undefined);
      }
    },
    async remove(all) {
      for (const some of toParts(all))
        await ask(run.remove(...some.map(({ kind, key }) => toName(kind, key))), () => undefined);
    },
    readAfter: (version) =>
      ask(run.readAfter(version, DENY_PAGE), (reply) => {
        const [next, isEmptied, isMore, ...fields] = toList(reply);
        return {
          version: toNumber(next),
          entries: toEntries(fields, clock.now()),
          isEmptied: toFlag(isEmptied),
          isMore: toFlag(isMore),
        };
      }),
  };
}

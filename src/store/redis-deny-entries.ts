import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { ask, toList, toNumber, toText } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import type { DenyEntries, DenyEntry, DenyKind } from './store.ts';

/*
 * `gatehouse:denials` is a hash of the entries by name, `gatehouse:denials:order` a sorted set of the names by the number of their
 * latest change, `gatehouse:denials:lapses` one by the time at which they lapse, `gatehouse:denials:version` the latest number. A
 * removed entry stays, with time 0, until it lapses.
 */
const shared = `
  local entries, order = 'gatehouse:denials', 'gatehouse:denials:order'
  local lapses, version = 'gatehouse:denials:lapses', 'gatehouse:denials:version'
  -- Longer than any entry lives.
  local ttl = 40 * 86400
  local function put(name, before, lapse)
    redis.call('HSET', entries, name, before .. ' ' .. lapse)
    redis.call('ZADD', order, redis.call('INCR', version), name)
    redis.call('ZADD', lapses, lapse, name)
    for _, key in ipairs({ entries, order, lapses, version }) do redis.call('EXPIRE', key, ttl) end
  end
  local function timesOf(name)
    local entry = redis.call('HGET', entries, name)
    if not entry then return nil end
    return string.match(entry, '^(%d+) (%d+)$')
  end
`;

/** now, name, time of issue, time at which it lapses */
const add = `${shared}
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', lapses, '-inf', ARGV[1], 'LIMIT', 0, 4)) do
    redis.call('HDEL', entries, name)
    redis.call('ZREM', order, name)
    redis.call('ZREM', lapses, name)
  end
  local before = timesOf(ARGV[2])
  if not before or tonumber(before) < tonumber(ARGV[3]) then put(ARGV[2], ARGV[3], ARGV[4]) end
  return 1
`;

/** names */
const remove = `${shared}
  for _, name in ipairs(ARGV) do
    local before, lapse = timesOf(name)
    if before and tonumber(before) > 0 then put(name, '0', lapse) end
  end
  return 1
`;

/** number: answers the latest number, then names and entries, alternating. A server that was emptied counts from 1 again. */
const readAfter = `${shared}
  local latest = tonumber(redis.call('GET', version) or 0)
  local after = tonumber(ARGV[1])
  if latest == after then return { latest } end
  if latest < after then after = 0 end
  local rows = { latest }
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', order, '(' .. after, '+inf')) do
    rows[#rows + 1] = name
    rows[#rows + 1] = redis.call('HGET', entries, name)
  end
  return rows
`;

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
export function createRedisDenyEntries(redis: Redis, clock: Clock): DenyEntries {
  const run = {
    add: defineScript(redis, 'denyAdd', add),
    remove: defineScript(redis, 'denyRemove', remove),
    readAfter: defineScript(redis, 'denyReadAfter', readAfter),
  };
  return {
    add: ({ kind, key, issuedBeforeS, lapsesAtMs }) =>
      ask(run.add(clock.now(), toName(kind, key), issuedBeforeS, Math.ceil(lapsesAtMs)), () => undefined),
    remove: (entries) =>
      ask(run.remove(...entries.map(({ kind, key }) => toName(kind, key))), () => undefined),
    readAfter: (version) =>
      ask(run.readAfter(version), (reply) => {
        const [latest, ...fields] = toList(reply);
        return { version: toNumber(latest), entries: toEntries(fields, clock.now()) };
      }),
  };
}

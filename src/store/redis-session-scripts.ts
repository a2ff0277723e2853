/*
 * A session is a hash `gatehouse:session:<id>`. Three kinds of sorted sets hold ids by a time after which they are not needed: all
 * sessions, those of a subject, those of a tenant's session. Each script uses one key, so that it runs on a cluster, also while a slot
 * moves (docs/adr/0010-redis-cluster.md). Whether a session is active follows from the caller's clock (`now`); the server's own expiry only removes
 * sessions that expired long ago.
 */
const SHARED = `
  local key = KEYS[1]
  local function number(value) return string.format('%.0f', value) end
  -- When the session lapses; nil where it is not there.
  local function lapse()
    local times = redis.call('HMGET', key, 'idleEnds', 'ends')
    if not times[1] or not times[2] then return nil end
    return math.min(tonumber(times[1]), tonumber(times[2]))
  end
  local function lives(now)
    local time = lapse()
    return time ~= nil and time > tonumber(now)
  end
  -- The server forgets a session a minute after it has lapsed.
  local function expire(now)
    redis.call('PEXPIRE', key, number(math.max(0, lapse() - tonumber(now)) + 60000))
  end
`;

const script = (body: string): string => `${SHARED}${body}`;

/** The operations on sessions, each atomic. The key is that of a session, of `file` that of a set; then follow those of the comment. */
export const SESSION_SCRIPTS = {
  /** now, fields of the hash. Answers 0 where the id is taken. */
  insert: script(`
    if redis.call('EXISTS', key) == 1 then return 0 end
    local time = redis.call('TIME')
    local inserted = number(tonumber(time[1]) * 1000000 + tonumber(time[2]))
    redis.call('HSET', key, 'inserted', inserted, unpack(ARGV, 2))
    expire(ARGV[1])
    return 1
  `),
  /** now, version, tokens, meta, the keys to find it by or nothing. Answers where it is filed, then where it was, or nothing. */
  save: script(`
    if not lives(ARGV[1]) or redis.call('HGET', key, 'version') ~= ARGV[2] then return {} end
    local before = redis.call('HMGET', key, 'subject', 'sid')
    redis.call('HINCRBY', key, 'version', 1)
    redis.call('HSET', key, 'tokens', ARGV[3], 'meta', ARGV[4])
    if ARGV[5] ~= '' then redis.call('HSET', key, 'subject', ARGV[5]) end
    if ARGV[6] ~= '' then redis.call('HSET', key, 'sid', ARGV[6]) end
    local filed = redis.call('HMGET', key, 'subject', 'sid', 'ends', 'idleEnds')
    return { filed[1], filed[2], filed[3], filed[4], before[1], before[2] }
  `),
  /** now, time last seen, end of the idle time. Answers where it is filed, or nothing. */
  touch: script(`
    if not lives(ARGV[1]) then return {} end
    redis.call('HSET', key, 'lastSeen', ARGV[2], 'idleEnds', ARGV[3])
    expire(ARGV[1])
    return redis.call('HMGET', key, 'subject', 'sid', 'ends', 'idleEnds')
  `),
  /** now, fields. Answers whether it was active, then the fields. */
  remove: script(`
    local lived = lives(ARGV[1]) and 1 or 0
    local row = redis.call('HMGET', key, unpack(ARGV, 2))
    redis.call('DEL', key)
    return { lived, row }
  `),
  /** now, id, the time after which it is not needed */
  file: script(`
    redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[1])
    redis.call('ZADD', key, ARGV[3], ARGV[2])
    local ttl = number(math.max(0, tonumber(ARGV[3]) - tonumber(ARGV[1])) + 60000)
    if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
    return 1
  `),
} as const;

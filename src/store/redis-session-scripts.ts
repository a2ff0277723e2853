/*
 * A session is a hash `gatehouse:session:<id>`. Three kinds of sorted sets hold ids by the time at which they lapse: all
 * sessions, those of a subject, those of a tenant's session. Whether a session is active follows from the caller's clock
 * (`now`, always the first argument); the server's own expiry only removes sessions that expired long ago.
 */
const SHARED = `
  local now = tonumber(ARGV[1])
  local all = 'gatehouse:sessions'
  local function keyOf(id) return 'gatehouse:session:' .. id end
  local function setsOf(id)
    local keys = redis.call('HMGET', keyOf(id), 'subject', 'sid')
    local sets = { all }
    if keys[1] then sets[#sets + 1] = 'gatehouse:subject:' .. keys[1] end
    if keys[2] then sets[#sets + 1] = 'gatehouse:sid:' .. keys[2] end
    return sets
  end
  -- When a session lapses; nil where it is not there.
  local function lapseOf(id)
    local times = redis.call('HMGET', keyOf(id), 'idleEnds', 'ends')
    if not times[1] or not times[2] then return nil end
    return math.min(tonumber(times[1]), tonumber(times[2]))
  end
  local function lives(id)
    local lapse = lapseOf(id)
    return lapse ~= nil and lapse > now
  end
  -- Files a session under the time at which it lapses, and lets the server forget it a minute later.
  local function file(id)
    local lapse = lapseOf(id)
    local ttl = string.format('%.0f', math.max(0, lapse - now) + 60000)
    redis.call('PEXPIRE', keyOf(id), ttl)
    for _, set in ipairs(setsOf(id)) do
      redis.call('ZADD', set, string.format('%.0f', lapse), id)
      if redis.call('PTTL', set) < tonumber(ttl) then redis.call('PEXPIRE', set, ttl) end
    end
  end
  local function drop(id)
    for _, set in ipairs(setsOf(id)) do redis.call('ZREM', set, id) end
    redis.call('DEL', keyOf(id))
  end
  local function forgetLapsed(set)
    redis.call('ZREMRANGEBYSCORE', set, '-inf', string.format('%.0f', now))
  end
  local function readAll(id)
    return redis.call('HMGET', keyOf(id), 'version', 'lastSeen', 'idleEnds', 'ends', 'id', 'created', 'subject', 'sid', 'tokens', 'meta')
  end
  -- The living of a set.
  local function idsOf(set)
    forgetLapsed(set)
    local ids = {}
    for _, id in ipairs(redis.call('ZRANGE', set, 0, -1)) do
      if lives(id) then ids[#ids + 1] = id else redis.call('ZREM', set, id) end
    end
    return ids
  end
`;

const script = (body: string): string => `${SHARED}${body}`;

/** The operations on sessions, each atomic. `now` is the first argument, followed by those of the comment. */
export const SESSION_SCRIPTS = {
  /**
   * id, the most that the sets of its user may hold, an id that does not count, the number of those sets, the sets, then the
   * fields of the hash. Answers what was dropped beyond the most, the oldest, or 0 where the id is taken.
   */
  insert: script(`
    local id, max, replaced = ARGV[2], tonumber(ARGV[3]), ARGV[4]
    local lastSet = 5 + tonumber(ARGV[5])
    if redis.call('EXISTS', keyOf(id)) == 1 then return 0 end
    redis.call('HSET', keyOf(id), unpack(ARGV, lastSet + 1))
    for _, set in ipairs(setsOf(id)) do forgetLapsed(set) end
    file(id)
    local held = 0
    for i = 6, lastSet do held = held + redis.call('ZCARD', ARGV[i]) end
    local rows, others = {}, {}
    if held <= max then return rows end
    for i = 6, lastSet do
      for _, other in ipairs(idsOf(ARGV[i])) do
        if other ~= id and other ~= replaced then
          others[#others + 1] = { id = other, created = tonumber(redis.call('HGET', keyOf(other), 'created')) }
        end
      end
    end
    table.sort(others, function(a, b)
      if a.created == b.created then return a.id > b.id end
      return a.created > b.created
    end)
    for i = max, #others do
      rows[#rows + 1] = readAll(others[i].id)
      drop(others[i].id)
    end
    return rows
  `),
  /** id, version, tokens, meta, the keys to find it by or nothing */
  save: script(`
    local id = ARGV[2]
    if not lives(id) or redis.call('HGET', keyOf(id), 'version') ~= ARGV[3] then return 0 end
    redis.call('HINCRBY', keyOf(id), 'version', 1)
    redis.call('HSET', keyOf(id), 'tokens', ARGV[4], 'meta', ARGV[5])
    if ARGV[6] ~= '' then
      for _, set in ipairs(setsOf(id)) do redis.call('ZREM', set, id) end
      redis.call('HSET', keyOf(id), 'subject', ARGV[6])
      if ARGV[7] ~= '' then redis.call('HSET', keyOf(id), 'sid', ARGV[7]) end
      file(id)
    end
    return 1
  `),
  /** id, time last seen, end of the idle time */
  touch: script(`
    local id = ARGV[2]
    if not lives(id) then return 0 end
    redis.call('HSET', keyOf(id), 'lastSeen', ARGV[3], 'idleEnds', ARGV[4])
    file(id)
    return 1
  `),
  /** id */
  remove: script(`
    local id = ARGV[2]
    local row = lives(id) and readAll(id) or {}
    drop(id)
    return row
  `),
  /** set */
  list: script(`
    local rows = {}
    for i, id in ipairs(idsOf(ARGV[2])) do rows[i] = readAll(id) end
    return rows
  `),
  /** cursor: answers the next one, and rows */
  page: script(`
    local found = redis.call('ZSCAN', all, ARGV[2], 'COUNT', 100)
    local rows = {}
    for i = 1, #found[2], 2 do
      if lives(found[2][i]) then rows[#rows + 1] = readAll(found[2][i]) end
    end
    return { found[1], rows }
  `),
  /** set, id to keep */
  removeAll: script(`
    local rows = {}
    for _, id in ipairs(idsOf(ARGV[2])) do
      if id ~= ARGV[3] then
        rows[#rows + 1] = readAll(id)
        drop(id)
      end
    end
    return rows
  `),
} as const;

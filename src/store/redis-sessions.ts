import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.ts';
import { ask, toFlag, toList, toNumber, toText } from './redis-reply.ts';
import { defineScript, type Script } from './redis-script.ts';
import { SESSION_SCRIPTS } from './redis-session-scripts.ts';
import type { SessionCap, SessionMetadata, SessionRecord, SessionStore } from './store.ts';

const HEAD_FIELDS = ['version', 'lastSeen', 'idleEnds', 'ends'] as const;
const RECORD_FIELDS = [...HEAD_FIELDS, 'id', 'created', 'subject', 'sid', 'tokens', 'meta'] as const;

function toMetadata(reply: unknown): SessionMetadata | undefined {
  const fields = toList(reply);
  if (fields.every((field) => field === null)) return undefined;
  const [version, lastSeen, idleEnds, ends] = fields;
  return {
    version: toNumber(version),
    lastSeenAtMs: toNumber(lastSeen),
    idleEndsAtMs: toNumber(idleEnds),
    endsAtMs: toNumber(ends),
  };
}

function toRecord(reply: unknown): SessionRecord | undefined {
  const metadata = toMetadata(reply);
  if (!metadata) return undefined;
  const [id, created, subject, sid, tokens, meta] = toList(reply).slice(HEAD_FIELDS.length);
  return {
    ...metadata,
    id: toText(id),
    createdAtMs: toNumber(created),
    subjectKey: toText(subject),
    sidKey: sid === null ? undefined : toText(sid),
    tokens: toText(tokens),
    meta: toText(meta),
  };
}

const toRecords = (reply: unknown): SessionRecord[] =>
  toList(reply)
    .map(toRecord)
    .filter((record) => record !== undefined)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs);

/** Names and values of the hash, alternating. */
const toFields = (record: SessionRecord): (string | number)[] =>
  Object.entries({
    version: record.version,
    lastSeen: record.lastSeenAtMs,
    idleEnds: record.idleEndsAtMs,
    ends: record.endsAtMs,
    id: record.id,
    created: record.createdAtMs,
    subject: record.subjectKey,
    ...(record.sidKey !== undefined && { sid: record.sidKey }),
    tokens: record.tokens,
    meta: record.meta,
  }).flat();

const toSubjectSet = (key: string): string => `gatehouse:subject:${key}`;
const NO_CAP: SessionCap = { subjectKeys: [], max: 0 };

/** Sessions on a Redis server. */
export function createRedisSessions(redis: Redis, clock: Clock): SessionStore {
  const run = Object.fromEntries(
    Object.entries(SESSION_SCRIPTS).map(([name, lua]) => [name, defineScript(redis, name, lua)]),
  ) as Record<keyof typeof SESSION_SCRIPTS, Script>;
  const keyOf = (id: string) => `gatehouse:session:${id}`;
  /** The active session: the server may still have one that has expired. */
  const ifLiving = <T extends SessionMetadata>(session: T | undefined): T | undefined =>
    session && Math.min(session.idleEndsAtMs, session.endsAtMs) > clock.now() ? session : undefined;

  return {
    insert(record, { subjectKeys, max, replacedId = '' } = NO_CAP) {
      const sets = subjectKeys.map(toSubjectSet);
      const args = [record.id, max, replacedId, sets.length, ...sets, ...toFields(record)];
      return ask(run.insert(clock.now(), ...args), (reply) => {
        if (reply === 0) throw new Error('a session with this id exists');
        return toRecords(reply);
      });
    },
    readMetadata: (id) => ask(redis.hmget(keyOf(id), ...HEAD_FIELDS), (reply) => ifLiving(toMetadata(reply))),
    read: (id) => ask(redis.hmget(keyOf(id), ...RECORD_FIELDS), (reply) => ifLiving(toRecord(reply))),
    save: (id, version, { tokens, meta, subjectKey = '', sidKey = '' }) =>
      ask(run.save(clock.now(), id, version, tokens, meta, subjectKey, sidKey), toFlag),
    touch: (id, lastSeenAtMs, idleEndsAtMs) =>
      ask(run.touch(clock.now(), id, lastSeenAtMs, idleEndsAtMs), toFlag),
    remove: (id) => ask(run.remove(clock.now(), id), toRecord),
    listBySubject: (key) => ask(run.list(clock.now(), toSubjectSet(key)), toRecords),
    removeBySubject: (key, exceptId = '') =>
      ask(run.removeAll(clock.now(), toSubjectSet(key), exceptId), toRecords),
    removeBySid: (key) => ask(run.removeAll(clock.now(), `gatehouse:sid:${key}`, ''), toRecords),
    page: (cursor = '0') =>
      ask(run.page(clock.now(), cursor), (reply) => {
        const [next, rows] = toList(reply);
        return { records: toRecords(rows), next: next === '0' ? undefined : toText(next) };
      }),
    count: () => ask(redis.zcount('gatehouse:sessions', `(${clock.now()}`, '+inf'), toNumber),
  };
}

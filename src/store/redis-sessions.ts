import type { Clock } from '../lib/clock.ts';
import type { RedisClient } from './redis-connection.ts';
import { createReplicaWait } from './redis-replicas.ts';
import { ask, toList, toNumber, toText } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import {
  ALL_SESSIONS,
  createSessionIndex,
  type FiledSession,
  toSidSet,
  toSubjectSet,
} from './redis-session-index.ts';
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

const toKey = (reply: unknown): string | undefined =>
  reply === null || reply === undefined ? undefined : toText(reply);

function toRecord(reply: unknown): SessionRecord | undefined {
  const metadata = toMetadata(reply);
  if (!metadata) return undefined;
  const [id, created, subject, sid, tokens, meta] = toList(reply).slice(HEAD_FIELDS.length);
  return {
    ...metadata,
    id: toText(id),
    createdAtMs: toNumber(created),
    subjectKey: toText(subject),
    sidKey: toKey(sid),
    tokens: toText(tokens),
    meta: toText(meta),
  };
}

interface RefiledSession extends FiledSession {
  readonly before: { readonly subjectKey: string | undefined; readonly sidKey: string | undefined };
}

/** The results of `save` and `touch`; undefined if they changed nothing. */
function toFiled(reply: unknown): RefiledSession | undefined {
  const [subject, sid, ends, idleEnds, subjectBefore, sidBefore] = toList(reply);
  if (subject === undefined) return undefined;
  return {
    subjectKey: toText(subject),
    sidKey: toKey(sid),
    endsAtMs: toNumber(ends),
    idleEndsAtMs: toNumber(idleEnds),
    before: { subjectKey: toKey(subjectBefore), sidKey: toKey(sidBefore) },
  };
}

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

const newestFirst = (records: readonly (SessionRecord | undefined)[]): SessionRecord[] =>
  records.filter((record) => record !== undefined).toSorted((a, b) => b.createdAtMs - a.createdAtMs);

const keyOf = (id: string): string => `gatehouse:session:${id}`;

/** Sessions on a Redis server or cluster. The record is written first and decides; see `SessionIndex`. */
export function createRedisSessions(redis: RedisClient, clock: Clock): SessionStore {
  const index = createSessionIndex(redis);
  const waitForReplica = createReplicaWait(redis);
  const run = {
    insert: defineScript(redis, 'insert', SESSION_SCRIPTS.insert),
    save: defineScript(redis, 'save', SESSION_SCRIPTS.save),
    touch: defineScript(redis, 'touch', SESSION_SCRIPTS.touch),
    remove: defineScript(redis, 'remove', SESSION_SCRIPTS.remove),
  };
  /** The active session: the server may still have one that has expired. */
  const ifLiving = <T extends SessionMetadata>(session: T | undefined): T | undefined =>
    session && Math.min(session.idleEndsAtMs, session.endsAtMs) > clock.now() ? session : undefined;

  const read = (id: string) =>
    ask(redis.hmget(keyOf(id), ...RECORD_FIELDS), (reply) => ifLiving(toRecord(reply)));

  async function remove(id: string): Promise<SessionRecord | undefined> {
    const { lived, record } = await ask(run.remove(keyOf(id), clock.now(), ...RECORD_FIELDS), (reply) => {
      const [flag, row] = toList(reply);
      return { lived: flag === 1, record: toRecord(row) };
    });
    if (!record) return undefined;
    await index.drop(id, record);
    // A failover must not bring it back.
    await waitForReplica();
    return lived ? record : undefined;
  }

  /** Applies `work` to each session of a set; ids of sessions that are no longer there leave it. */
  async function forEach(
    set: string,
    ids: readonly string[],
    work: (id: string) => Promise<SessionRecord | undefined>,
  ): Promise<SessionRecord[]> {
    const records = await Promise.all(ids.map(work));
    await index.dropFrom(
      [set],
      ids.filter((_, i) => records[i] === undefined),
    );
    return newestFirst(records);
  }

  async function removeAll(set: string, exceptId?: string): Promise<SessionRecord[]> {
    const ids = await index.idsOf(set, clock.now());
    return forEach(
      set,
      ids.filter((id) => id !== exceptId),
      remove,
    );
  }

  /** The active sessions of some sets, the latest first by the time at which the server has put them in. */
  async function rank(sets: readonly string[], nowMs: number): Promise<string[]> {
    const ids = [...new Set((await Promise.all(sets.map((set) => index.idsOf(set, nowMs)))).flat())];
    const heads = await Promise.all(
      ids.map((id) => ask(redis.hmget(keyOf(id), ...HEAD_FIELDS, 'created', 'inserted'), toList)),
    );
    const isActive = heads.map(
      (head) => ifLiving(toMetadata(head.slice(0, HEAD_FIELDS.length))) !== undefined,
    );
    await index.dropFrom(
      sets,
      ids.filter((_, i) => !isActive[i]),
    );
    return ids
      .map((id, i) => {
        const [created, inserted] = heads[i]?.slice(HEAD_FIELDS.length) ?? [];
        return { id, insertedUs: inserted === null ? Number(created) * 1000 : Number(inserted) };
      })
      .filter((_, i) => isActive[i])
      .toSorted((a, b) => b.insertedUs - a.insertedUs || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id);
  }

  /** Ends the sessions beyond a limit. All callers see the same order, so that concurrent ones end the same. */
  async function endBeyond(
    id: string,
    { subjectKeys, max, replacedId }: SessionCap,
  ): Promise<SessionRecord[]> {
    const now = clock.now();
    const sets = subjectKeys.map(toSubjectSet);
    const counts = await Promise.all(sets.map((set) => index.count(set, now)));
    if (counts.reduce((sum, count) => sum + count, 0) <= max) return [];
    const ranked = (await rank(sets, now)).filter((each) => each !== replacedId);
    const beyond = ranked.slice(max).filter((each) => each !== id);
    return newestFirst(await Promise.all(beyond.map(remove)));
  }

  /** Files a session under other keys than before. */
  async function fileAnew(id: string, filed: RefiledSession, now: number): Promise<void> {
    await index.file(id, filed, now);
    const { subjectKey, sidKey } = filed.before;
    const left = [
      ...(subjectKey === undefined || subjectKey === filed.subjectKey ? [] : [toSubjectSet(subjectKey)]),
      ...(sidKey === undefined || sidKey === filed.sidKey ? [] : [toSidSet(sidKey)]),
    ];
    await index.dropFrom(left, [id]);
  }

  return {
    async insert(record, cap) {
      const { id } = record;
      const now = clock.now();
      await ask(run.insert(keyOf(id), now, ...toFields(record)), (reply) => {
        if (reply === 0) throw new Error('a session with this id exists');
      });
      await index.file(id, record, now);
      return cap ? endBeyond(id, cap) : [];
    },
    readMetadata: (id) => ask(redis.hmget(keyOf(id), ...HEAD_FIELDS), (reply) => ifLiving(toMetadata(reply))),
    read,
    async save(id, version, { tokens, meta, subjectKey = '', sidKey = '' }) {
      const now = clock.now();
      const filed = await ask(run.save(keyOf(id), now, version, tokens, meta, subjectKey, sidKey), toFiled);
      if (!filed) return false;
      if (subjectKey !== '') await fileAnew(id, filed, now);
      // A failover must not bring the old refresh token back.
      await waitForReplica();
      return true;
    },
    async touch(id, lastSeenAtMs, idleEndsAtMs) {
      const now = clock.now();
      const filed = await ask(run.touch(keyOf(id), now, lastSeenAtMs, idleEndsAtMs), toFiled);
      if (filed) await index.file(id, filed, now);
      return filed !== undefined;
    },
    remove,
    listBySubject: async (key) => {
      const set = toSubjectSet(key);
      return forEach(set, await index.idsOf(set, clock.now()), read);
    },
    removeBySubject: (key, exceptId) => removeAll(toSubjectSet(key), exceptId),
    removeBySid: (key) => removeAll(toSidSet(key)),
    async page(cursor = '0') {
      const { next, ids } = await ask(redis.zscan(ALL_SESSIONS, cursor, 'COUNT', 100), (reply) => {
        const [after, members] = toList(reply);
        // Members and their scores, alternating.
        return {
          next: toText(after),
          ids: toList(members)
            .filter((_, i) => i % 2 === 0)
            .map(toText),
        };
      });
      const records = await forEach(ALL_SESSIONS, ids, read);
      return { records, next: next === '0' ? undefined : next };
    },
    count: () => index.count(ALL_SESSIONS, clock.now()),
  };
}

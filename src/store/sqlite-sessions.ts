import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { ask, createSweep } from './sqlite-database.ts';
import type { SessionMetadata, SessionRecord, SessionStore } from './store.ts';

const PAGE = 100;
const METADATA = 'version, last_seen_ms AS lastSeenAtMs, idle_ends_ms AS idleEndsAtMs, ends_ms AS endsAtMs';
const RECORD = `${METADATA}, id, created_ms AS createdAtMs, subject_key AS subjectKey, sid_key AS sidKey, tokens, meta`;

// The statements have the column names of the ports.
function toMetadata(row: Record<string, unknown>): SessionMetadata {
  const { version, lastSeenAtMs, idleEndsAtMs, endsAtMs } = row as unknown as SessionMetadata;
  return { version, lastSeenAtMs, idleEndsAtMs, endsAtMs };
}

const toRecord = (row: Record<string, unknown>): SessionRecord =>
  ({ ...row, sidKey: row['sidKey'] ?? undefined }) as unknown as SessionRecord;

/** Sessions in a SQLite database. Calls run synchronously and return settled promises. */
export function createSqliteSessions(db: DatabaseSync, clock: Clock): SessionStore {
  const sweep = createSweep(db, 'sessions');
  const insert = db.prepare(
    `INSERT INTO sessions
       (id, version, last_seen_ms, idle_ends_ms, ends_ms, created_ms, subject_key, sid_key, tokens, meta)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const removeBeyond = db.prepare(
    `DELETE FROM sessions WHERE id IN (
       SELECT id FROM sessions
       WHERE subject_key IN (SELECT value FROM json_each(:keys)) AND lapses_ms > :now AND id NOT IN (:id, :replaced)
       ORDER BY created_ms DESC, rowid DESC LIMIT -1 OFFSET :others
     ) RETURNING ${RECORD}`,
  );
  const readMetadata = db.prepare(`SELECT ${METADATA} FROM sessions WHERE id = ? AND lapses_ms > ?`);
  const read = db.prepare(`SELECT ${RECORD} FROM sessions WHERE id = ? AND lapses_ms > ?`);
  const save = db.prepare(
    `UPDATE sessions SET version = version + 1, tokens = ?, meta = ?,
       subject_key = coalesce(?, subject_key), sid_key = coalesce(?, sid_key)
     WHERE id = ? AND version = ? AND lapses_ms > ?`,
  );
  const touch = db.prepare(
    'UPDATE sessions SET last_seen_ms = ?, idle_ends_ms = ? WHERE id = ? AND lapses_ms > ?',
  );
  const remove = db.prepare(`DELETE FROM sessions WHERE id = ? RETURNING ${RECORD}, lapses_ms > ? AS lived`);
  const list = db.prepare(
    `SELECT ${RECORD} FROM sessions WHERE subject_key = ? AND lapses_ms > ? ORDER BY created_ms DESC`,
  );
  const removeBySubject = db.prepare(
    `DELETE FROM sessions WHERE subject_key = ? AND id <> ? AND lapses_ms > ? RETURNING ${RECORD}`,
  );
  const removeBySid = db.prepare(
    `DELETE FROM sessions WHERE sid_key = ? AND lapses_ms > ? RETURNING ${RECORD}`,
  );
  const page = db.prepare(
    `SELECT ${RECORD} FROM sessions WHERE id > ? AND lapses_ms > ? ORDER BY id LIMIT ${PAGE}`,
  );
  const count = db.prepare('SELECT count(*) AS count FROM sessions WHERE lapses_ms > ?');

  return {
    async insert(session, cap) {
      const { id, version, lastSeenAtMs, idleEndsAtMs, endsAtMs, createdAtMs } = session;
      const times = [lastSeenAtMs, idleEndsAtMs, endsAtMs, createdAtMs];
      return ask(() => {
        const now = clock.now();
        sweep(now);
        const { subjectKey, sidKey, tokens, meta } = session;
        insert.run(id, version, ...times, subjectKey, sidKey ?? null, tokens, meta);
        if (!cap) return [];
        const { subjectKeys, max, replacedId = '' } = cap;
        // Of concurrent calls, the last one enforces the limit.
        return removeBeyond
          .all({ keys: JSON.stringify(subjectKeys), now, id, replaced: replacedId, others: max - 1 })
          .map(toRecord);
      });
    },
    readMetadata(id) {
      const row = ask(() => readMetadata.get(id, clock.now()));
      return row && toMetadata(row);
    },
    read(id) {
      const row = ask(() => read.get(id, clock.now()));
      return row && toRecord(row);
    },
    save: async (id, version, { tokens, meta, subjectKey = null, sidKey = null }) =>
      ask(() => Number(save.run(tokens, meta, subjectKey, sidKey, id, version, clock.now()).changes) === 1),
    touch: async (id, lastSeenAtMs, idleEndsAtMs) =>
      ask(() => Number(touch.run(lastSeenAtMs, idleEndsAtMs, id, clock.now()).changes) === 1),
    async remove(id) {
      const row = ask(() => remove.get(id, clock.now()));
      return row?.['lived'] === 1 ? toRecord(row) : undefined;
    },
    listBySubject: async (subjectKey) => ask(() => list.all(subjectKey, clock.now()).map(toRecord)),
    removeBySubject: async (subjectKey, exceptId = '') =>
      ask(() => removeBySubject.all(subjectKey, exceptId, clock.now()).map(toRecord)),
    removeBySid: async (sidKey) => ask(() => removeBySid.all(sidKey, clock.now()).map(toRecord)),
    page: async (cursor = '') =>
      ask(() => {
        const records = page.all(cursor, clock.now()).map(toRecord);
        return { records, next: records.length === PAGE ? records.at(-1)?.id : undefined };
      }),
    count: () => ask(() => Number(count.get(clock.now())?.['count'])),
  };
}

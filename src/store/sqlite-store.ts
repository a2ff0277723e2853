import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { type Count, CountingLimiter, type Counts, createMemoryCounts } from './counts.ts';
import { ask, createSweep, createTogether, openDatabase } from './sqlite-database.ts';
import { createSqliteDenyEntries } from './sqlite-deny-entries.ts';
import { createSqliteSessions } from './sqlite-sessions.ts';
import type { Locks, ReplayStore, Store, Texts } from './store.ts';

/** Counts of all processes that share a SQLite database. */
function createSqliteCounts(db: DatabaseSync, clock: Clock): Counts {
  const sweep = createSweep(db, 'counts');
  const isOver = '(lapses_ms <= :now OR points <= 0)';
  const add = db.prepare(
    `INSERT INTO counts (name, points, lapses_ms) SELECT :name, max(0, :points), :lapse WHERE :points <= :limit
     ON CONFLICT (name) DO UPDATE SET
       points = max(0, CASE WHEN ${isOver} THEN 0 ELSE points END + :points),
       lapses_ms = CASE WHEN ${isOver} THEN :lapse ELSE lapses_ms END
     WHERE ${isOver} OR :points < 0 OR points + :points <= :limit
     RETURNING points, lapses_ms AS lapsesAtMs`,
  );
  const read = db.prepare(
    `SELECT points, lapses_ms AS lapsesAtMs FROM counts WHERE name = :name AND NOT ${isOver}`,
  );
  const remove = db.prepare(`DELETE FROM counts WHERE name = :name RETURNING NOT ${isOver} AS counted`);
  // The statements name their columns as the port does.
  const toCount = (row: Record<string, unknown>): Count => ({ ...row }) as unknown as Count;
  const together = createTogether(db);
  return {
    add: (name, points, limit, windowMs) =>
      together(() => {
        const now = clock.now();
        const added = add.get({ name, points, limit, now, lapse: now + windowMs });
        // Only the beginning of a window can be a new row.
        if (added?.['points'] === points) sweep(now);
        if (added) return toCount(added);
        const full = read.get({ name, now });
        return {
          points: points + Number(full?.['points'] ?? 0),
          lapsesAtMs: Number(full?.['lapsesAtMs'] ?? now + windowMs),
        };
      }),
    read: (name) =>
      ask(() => {
        const row = read.get({ name, now: clock.now() });
        return row && toCount(row);
      }),
    remove: (name) => ask(() => remove.get({ name, now: clock.now() })?.['counted'] === 1),
  };
}

/** Locks of all processes that share a SQLite database. */
function createSqliteLocks(db: DatabaseSync, clock: Clock): Locks {
  const sweep = createSweep(db, 'locks');
  const acquire = db.prepare(
    `INSERT INTO locks (name, owner, lapses_ms) VALUES (?1, ?2, ?3)
     ON CONFLICT (name) DO UPDATE SET owner = ?2, lapses_ms = ?3 WHERE lapses_ms <= ?4 OR owner = ?2`,
  );
  const release = db.prepare('DELETE FROM locks WHERE name = ? AND owner = ?');
  return {
    acquire: async (name, owner, ttlMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        return Number(acquire.run(name, owner, now + ttlMs, now).changes) === 1;
      }),
    release: async (name, owner) => void ask(() => release.run(name, owner)),
  };
}

/** The replay store of all processes that share a SQLite database. */
function createSqliteReplayStore(db: DatabaseSync, clock: Clock): ReplayStore {
  const sweep = createSweep(db, 'marks');
  const consumeOnce = db.prepare(
    `INSERT INTO marks (name, lapses_ms) VALUES (?1, ?2)
     ON CONFLICT (name) DO UPDATE SET lapses_ms = ?2 WHERE lapses_ms <= ?3`,
  );
  const remember = db.prepare('INSERT OR REPLACE INTO marks (name, lapses_ms) VALUES (?, ?)');
  const isRemembered = db.prepare('SELECT 1 FROM marks WHERE name = ? AND lapses_ms > ?');
  return {
    consumeOnce: async (name, ttlMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        return Number(consumeOnce.run(name, now + ttlMs, now).changes) === 1;
      }),
    remember: async (name, ttlMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        remember.run(name, now + ttlMs);
      }),
    isRemembered: async (name) => ask(() => isRemembered.get(name, clock.now()) !== undefined),
  };
}

/** Texts of all processes that share a SQLite database. */
function createSqliteTexts(db: DatabaseSync): Texts {
  const read = db.prepare('SELECT text FROM texts WHERE name = ?');
  const write = db.prepare('INSERT OR REPLACE INTO texts (name, text) VALUES (?, ?)');
  return {
    read: async (name) =>
      ask(() => {
        const text = read.get(name)?.['text'];
        return typeof text === 'string' ? text : undefined;
      }),
    write: async (name, text) => void ask(() => write.run(name, text)),
  };
}

/** A store in one SQLite file, which several processes may share; `:memory:` keeps it in memory. Durable when the process is killed. */
export function createSqliteStore(file: string, clock: Clock): Store {
  const db = openDatabase(file);
  const counts = createSqliteCounts(db, clock);
  const insurance = createMemoryCounts(clock);
  const ping = db.prepare('SELECT 1 FROM sessions LIMIT 1');
  return {
    sessions: createSqliteSessions(db, clock),
    locks: createSqliteLocks(db, clock),
    replayStore: createSqliteReplayStore(db, clock),
    denyEntries: createSqliteDenyEntries(db, clock),
    texts: createSqliteTexts(db),
    makeLimiter: (name, rate) =>
      new CountingLimiter(name, rate, counts, clock, new CountingLimiter(name, rate, insurance, clock)),
    ping: async () => void ask(() => ping.get()),
    close: async () => {
      if (db.isOpen) db.close();
    },
  };
}

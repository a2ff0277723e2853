import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { ask, createSweep } from './sqlite-database.ts';
import type { Marks } from './store.ts';

/** Marks over all processes that share a SQLite database. */
export function createSqliteMarks(db: DatabaseSync, clock: Clock): Marks {
  const sweep = createSweep(db, 'marks');
  const markOnce = db.prepare(
    `INSERT INTO marks (name, lapses_ms) VALUES (?1, ?2)
     ON CONFLICT (name) DO UPDATE SET lapses_ms = ?2 WHERE lapses_ms <= ?3`,
  );
  const mark = db.prepare('INSERT OR REPLACE INTO marks (name, lapses_ms) VALUES (?, ?)');
  const isMarked = db.prepare('SELECT 1 FROM marks WHERE name = ? AND lapses_ms > ?');
  return {
    markOnce: async (name, ttlMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        return Number(markOnce.run(name, now + ttlMs, now).changes) === 1;
      }),
    mark: async (name, ttlMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        mark.run(name, now + ttlMs);
      }),
    isMarked: async (name) => ask(() => isMarked.get(name, clock.now()) !== undefined),
  };
}

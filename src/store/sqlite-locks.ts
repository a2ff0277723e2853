import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { ask, createSweep } from './sqlite-database.ts';
import type { Locks } from './store.ts';

/** Locks over all processes that share a SQLite database. */
export function createSqliteLocks(db: DatabaseSync, clock: Clock): Locks {
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

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { ask, createSweep } from './sqlite-database.ts';
import type { ReplayStore } from './store.ts';

/** The replay store of all processes that share a SQLite database. */
export function createSqliteReplayStore(db: DatabaseSync, clock: Clock): ReplayStore {
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

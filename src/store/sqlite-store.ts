import type { Clock } from '../lib/clock.ts';
import { CountingLimiter, createMemoryCounts } from './counts.ts';
import { createSqliteCounts } from './sqlite-counts.ts';
import { ask, openDatabase } from './sqlite-database.ts';
import { createSqliteLocks } from './sqlite-locks.ts';
import { createSqliteReplayStore } from './sqlite-replay-store.ts';
import { createSqliteSessions } from './sqlite-sessions.ts';
import type { Store } from './store.ts';

/** A store in one SQLite file, which several processes may share; `:memory:` keeps it in memory. Survives a kill. */
export function createSqliteStore(file: string, clock: Clock): Store {
  const db = openDatabase(file);
  const counts = createSqliteCounts(db, clock);
  const insurance = createMemoryCounts(clock);
  const ping = db.prepare('SELECT 1 FROM sessions LIMIT 1');
  return {
    sessions: createSqliteSessions(db, clock),
    locks: createSqliteLocks(db, clock),
    replayStore: createSqliteReplayStore(db, clock),
    makeLimiter: (name, rate) =>
      new CountingLimiter(name, rate, counts, clock, new CountingLimiter(name, rate, insurance, clock)),
    ping: async () => void ask(() => ping.get()),
    close: async () => {
      if (db.isOpen) db.close();
    },
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import type { Count, Counts } from './counts.ts';
import { ask, createSweep } from './sqlite-database.ts';

/** Counts over all processes that share a SQLite database. */
export function createSqliteCounts(db: DatabaseSync, clock: Clock): Counts {
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
  return {
    add: (name, points, limit, windowMs) =>
      ask(() => {
        const now = clock.now();
        sweep(now);
        const added = add.get({ name, points, limit, now, lapse: now + windowMs });
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

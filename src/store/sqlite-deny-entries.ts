import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../lib/clock.ts';
import { ask, createSweep } from './sqlite-database.ts';
import { DENY_PAGE, type DenyEntries, type DenyEntry, type DenyKind } from './store.ts';

interface Row extends DenyEntry {
  readonly version: number;
}

const toName = (kind: DenyKind, key: string): string => `${kind} ${key}`;

/** The deny list of all processes that share a SQLite database. A removed entry is kept with time 0 until it expires. */
export function createSqliteDenyEntries(db: DatabaseSync, clock: Clock): DenyEntries {
  const sweep = createSweep(db, 'denials');
  // A replaced row gets a new version; one that says no more than the row that is there changes nothing.
  const add = db.prepare(
    `INSERT OR REPLACE INTO denials (name, kind, key, issued_before_s, lapses_ms)
     SELECT :name, :kind, :key, :before, :lapse
     WHERE NOT EXISTS (SELECT 1 FROM denials WHERE name = :name AND issued_before_s >= :before)`,
  );
  const restore = db.prepare(
    `INSERT OR IGNORE INTO denials (name, kind, key, issued_before_s, lapses_ms)
     VALUES (:name, :kind, :key, :before, :lapse)`,
  );
  const remove = db.prepare(
    `INSERT OR REPLACE INTO denials (name, kind, key, issued_before_s, lapses_ms)
     SELECT name, kind, key, 0, lapses_ms FROM denials WHERE name = ? AND issued_before_s > 0`,
  );
  const latest = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'denials'`);
  const read = db.prepare(
    `SELECT version, kind, key, issued_before_s AS issuedBeforeS, lapses_ms AS lapsesAtMs FROM denials
     WHERE version > ? AND lapses_ms > ? ORDER BY version LIMIT ${DENY_PAGE}`,
  );
  return {
    add: async ({ kind, key, issuedBeforeS: before, lapsesAtMs: lapse }) =>
      ask(() => {
        sweep(clock.now());
        add.run({ name: toName(kind, key), kind, key, before, lapse });
      }),
    restore: async (entries) =>
      ask(() => {
        for (const { kind, key, issuedBeforeS: before, lapsesAtMs: lapse } of entries)
          restore.run({ name: toName(kind, key), kind, key, before, lapse });
      }),
    remove: async (entries) =>
      ask(() => {
        for (const { kind, key } of entries) remove.run(toName(kind, key));
      }),
    readAfter: async (version) =>
      ask(() => {
        const now = Number(latest.get()?.['seq'] ?? 0);
        if (now === version) return { version, entries: [], isEmptied: false, isMore: false };
        const isEmptied = now < version;
        // The statement names its columns as the port does.
        const rows = read.all(isEmptied ? 0 : version, clock.now()) as unknown as Row[];
        const isMore = rows.length === DENY_PAGE;
        const last = isMore ? (rows.at(-1)?.version ?? now) : now;
        const entries = rows.map(({ kind, key, issuedBeforeS, lapsesAtMs }) => ({
          kind,
          key,
          issuedBeforeS,
          lapsesAtMs,
        }));
        return { version: last, entries, isEmptied, isMore };
      }),
  };
}

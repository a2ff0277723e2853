import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toOutage } from './outage.ts';

/** How long a statement waits for another process, which blocks the event loop. Longer at the start. */
const BUSY_TIMEOUT_MS = 500;
const OPEN_TIMEOUT_MS = 5_000;

// The columns that the hot path reads come first in a row, before its overflow pages.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    version INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    idle_ends_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    lapses_ms INTEGER GENERATED ALWAYS AS (min(idle_ends_ms, ends_ms)) VIRTUAL,
    id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    subject_key TEXT NOT NULL,
    sid_key TEXT,
    tokens TEXT NOT NULL,
    meta TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS sessions_lapse ON sessions (lapses_ms);
  CREATE INDEX IF NOT EXISTS sessions_subject ON sessions (subject_key);
  CREATE INDEX IF NOT EXISTS sessions_sid ON sessions (sid_key) WHERE sid_key IS NOT NULL;
  CREATE TABLE IF NOT EXISTS locks (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, lapses_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS locks_lapse ON locks (lapses_ms);
  CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, lapses_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS marks_lapse ON marks (lapses_ms);
  CREATE TABLE IF NOT EXISTS counts (
    name TEXT PRIMARY KEY, points INTEGER NOT NULL, lapses_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS counts_lapse ON counts (lapses_ms);
  CREATE TABLE IF NOT EXISTS denials (
    version INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, key TEXT NOT NULL,
    issued_before_s INTEGER NOT NULL, lapses_ms INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS denials_lapse ON denials (lapses_ms);
  CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
`;

/** Runs statements at once. @throws GatewayError `store_unavailable` where the engine fails */
export function ask<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as { code?: string };
    throw code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE' ? toOutage(error) : error;
  }
}

/**
 * Deletes a few expired rows of a table. Called with each new row, so that expired rows do not accumulate and each call is cheap.
 */
export function createSweep(db: DatabaseSync, table: 'sessions' | 'locks' | 'marks' | 'counts' | 'denials') {
  const key = table === 'sessions' ? 'id' : 'name';
  const sweep = db.prepare(
    `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE lapses_ms <= ? LIMIT 4)`,
  );
  return (nowMs: number): void => void sweep.run(nowMs);
}

/** The file of the store cannot be opened; the message names the file and the reason. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}

/**
 * Opens a database, or creates one that only its owner can read. `:memory:` keeps it in memory.
 * @throws StoreFileError
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true });
      // SQLite's side files follow the mode of the file.
      closeSync(openSync(file, 'a', 0o600));
    }
    db = new DatabaseSync(file, { timeout: OPEN_TIMEOUT_MS });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT; PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};`);
    return db;
  } catch (error) {
    db?.close();
    throw new StoreFileError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

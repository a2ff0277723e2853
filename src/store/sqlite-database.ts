import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toOutage } from './outage.ts';
import { StoreFileError } from './store-file-error.ts';

/** How long a statement waits for another process, which blocks the event loop. Longer at the start. */
const BUSY_TIMEOUT_MS = 500;
const OPEN_TIMEOUT_MS = 5_000;

/**
 * The version of the schema, as `user_version` of the file has it. It rises with each change that an older release cannot read; 0
 * is a file from before there were versions, which lacks the newest tables.
 */
export const STORE_SCHEMA_VERSION = 1;

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

/** Runs statements synchronously. @throws GatewayError `store_unavailable` if the engine fails */
export function ask<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as { code?: string };
    throw code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE' ? toOutage(error) : error;
  }
}

/**
 * Creates the function that runs consecutive writes in one transaction, since most of the time of a write is that of its
 * transaction. All of their promises settle alike when it has ended. @throws GatewayError `store_unavailable`
 */
export function createTogether(db: DatabaseSync) {
  let waiting: { readonly run: () => void; readonly settle: (error?: unknown) => void }[] = [];

  function flush(): void {
    const writes = waiting;
    waiting = [];
    let failure: unknown;
    try {
      ask(() => {
        if (writes.length > 1) db.exec('BEGIN IMMEDIATE');
        for (const { run } of writes) run();
        if (writes.length > 1) db.exec('COMMIT');
      });
    } catch (error) {
      failure = error;
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
    }
    for (const { settle } of writes) settle(failure);
  }

  return <T>(write: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      let result: T;
      waiting.push({
        run: () => {
          result = write();
        },
        settle: (error) => (error === undefined ? resolve(result) : reject(error)),
      });
    });
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

const readVersion = (db: DatabaseSync): number =>
  Number(db.prepare('PRAGMA user_version').get()?.['user_version']);

/**
 * Brings the schema to this version. An older file is copied beside it first. Of several processes that start at once, one
 * migrates. @throws Error if the file is newer
 */
function migrate(db: DatabaseSync, file: string): void {
  const version = readVersion(db);
  if (version > STORE_SCHEMA_VERSION)
    throw new Error(
      `schema version ${version}, but this release knows versions up to ${STORE_SCHEMA_VERSION}: start the newer release, or restore a backup of this one`,
    );
  const isOld =
    version < STORE_SCHEMA_VERSION && db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
  const copy = `${file}.v${version}`;
  if (isOld && file !== ':memory:' && !statSync(copy, { throwIfNoEntry: false })?.size) {
    closeSync(openSync(copy, 'a', 0o600));
    db.prepare('VACUUM INTO ?').run(copy);
  }
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${STORE_SCHEMA_VERSION}; COMMIT;`);
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
    migrate(db, file);
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};`);
    return db;
  } catch (error) {
    db?.close();
    throw new StoreFileError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Keys, Store } from './store.ts';

/** The version of the schema, stored as `user_version` of the file; 0: the file is older than schema versions. */
const SCHEMA_VERSION = 1;

const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  PRAGMA foreign_keys = ON;
`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    expires_ms REAL,
    UNIQUE (kind, id)
  );
  CREATE INDEX IF NOT EXISTS documents_expiry ON documents (expires_ms) WHERE expires_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS document_keys (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES documents (seq) ON DELETE CASCADE,
    PRIMARY KEY (kind, name, value, seq)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS document_keys_document ON document_keys (seq);
`;

const bodies = (rows: Record<string, unknown>[]): string[] => rows.map((row) => String(row.body));

/**
 * Makes the file readable for its owner only: it contains signing keys and client secrets. SQLite's side files inherit
 * this.
 */
function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  closeSync(openSync(file, 'a', 0o600));
}

/** The data file has a schema that this release does not support. The message says what to do. */
export class DataVersionError extends Error {
  override readonly name = 'DataVersionError';
}

/**
 * Migrates the schema to this version and first copies an older file as a backup. Throws `DataVersionError` if the file
 * is newer.
 */
function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION)
    throw new DataVersionError(
      `${file}: schema version ${version}, but this release knows versions up to ${SCHEMA_VERSION}: start the newer release`,
    );
  const isOld = version < SCHEMA_VERSION && db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
  const copy = `${file}.v${version}`;
  if (isOld && !statSync(copy, { throwIfNoEntry: false })?.size) {
    makePrivateFile(copy);
    db.prepare('VACUUM INTO ?').run(copy);
  }
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

/** A store in one SQLite file, created if necessary. Committed writes survive a kill of the process. */
export function createSqliteStore(file: string): Store {
  makePrivateFile(file);
  const db = new DatabaseSync(file);
  db.exec(SETTINGS);
  try {
    migrate(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  const get = db.prepare('SELECT body FROM documents WHERE kind = ? AND id = ?');
  const put = db.prepare(
    `INSERT INTO documents (kind, id, body, expires_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, expires_ms = excluded.expires_ms
     RETURNING seq`,
  );
  const remove = db.prepare('DELETE FROM documents WHERE kind = ? AND id = ?');
  const list = db.prepare('SELECT body FROM documents WHERE kind = ? ORDER BY seq');
  const find = db.prepare(
    `SELECT body FROM document_keys JOIN documents USING (seq)
     WHERE document_keys.kind = ? AND name = ? AND value = ? ORDER BY seq`,
  );
  const putKey = db.prepare('INSERT INTO document_keys (kind, name, value, seq) VALUES (?, ?, ?, ?)');
  const clearKeys = db.prepare('DELETE FROM document_keys WHERE seq = ?');
  const trim = db.prepare(
    `DELETE FROM documents WHERE kind = ?1 AND seq <=
       (SELECT seq FROM documents WHERE kind = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
  );
  const sweep = db.prepare('DELETE FROM documents WHERE expires_ms < ?');
  let depth = 0;

  function transaction<T>(work: () => T): T {
    if (depth > 0) return work();
    db.exec('BEGIN IMMEDIATE');
    depth += 1;
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    } finally {
      depth -= 1;
    }
  }

  const putDocument = (kind: string, id: string, body: string, expiresMs?: number): number =>
    Number(put.get(kind, id, body, expiresMs ?? null)?.seq);

  function putWithKeys(kind: string, id: string, body: string, keys: Keys, expiresMs?: number): void {
    const seq = putDocument(kind, id, body, expiresMs);
    clearKeys.run(seq);
    for (const [name, value] of Object.entries(keys)) putKey.run(kind, name, value, seq);
  }

  return {
    get(kind, id) {
      const row = get.get(kind, id);
      return row && String(row.body);
    },
    put(kind, id, body, keys, expiresMs) {
      if (keys) transaction(() => putWithKeys(kind, id, body, keys, expiresMs));
      else putDocument(kind, id, body, expiresMs);
    },
    remove: (kind, id) => Number(remove.run(kind, id).changes) > 0,
    find: (kind, key, value) => bodies(find.all(kind, key, value)),
    list: (kind) => bodies(list.all(kind)),
    trim: (kind, keep) => void trim.run(kind, keep),
    sweep: (nowMs) => void sweep.run(nowMs),
    transaction,
    close: () => db.close(),
  };
}

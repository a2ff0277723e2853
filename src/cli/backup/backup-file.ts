import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STORE_SCHEMA_VERSION } from '../../store/sqlite-database.ts';
import { InputError } from '../read-json.ts';

/** The databases by the variables that name their files. */
export type Databases = Readonly<Partial<Record<'STORE_URL' | 'TENANT_DATA', string>>>;
export type DatabaseName = keyof Databases;

/** The part of a backup for one database. */
export interface BackupPart {
  readonly name: DatabaseName;
  /** `user_version` of the database. */
  readonly schemaVersion: number;
  readonly bytes: number;
}

/** `GHBK`, which identifies a backup among SQLite files. */
const APPLICATION_ID = 0x4748424b;
/** The version of the backup format: its `user_version`. */
const FORMAT_VERSION = 1;
const CHUNK_BYTES = 1024 * 1024;
/** The newest schema that this release can read; a tenant's is checked when the tenant starts. */
const KNOWN_SCHEMAS: Partial<Record<DatabaseName, number>> = { STORE_URL: STORE_SCHEMA_VERSION };

const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

/** Runs `work` with a private folder next to a file, which is removed at the end. */
function withFolderBeside<T>(file: string, work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(path.dirname(file), '.gatehouse-backup-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies a consistent state, also during concurrent writes. */
function copyDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from, { timeout: 5_000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

function addPart(backup: DatabaseSync, name: DatabaseName, file: string): BackupPart {
  const db = new DatabaseSync(file, { readOnly: true });
  const schemaVersion = Number(pragma(db, 'user_version'));
  db.close();
  const add = backup.prepare('INSERT INTO chunks (part, bytes) VALUES (?, ?)');
  const source = openSync(file, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let bytes = 0;
  for (let length = -1; length !== 0; bytes += length) {
    length = readSync(source, chunk);
    if (length > 0) add.run(name, chunk.subarray(0, length));
  }
  closeSync(source);
  backup
    .prepare('INSERT INTO parts (name, schema_version, bytes) VALUES (?, ?, ?)')
    .run(name, schemaVersion, bytes);
  return { name, schemaVersion, bytes };
}

/**
 * Writes a consistent copy of each existing database into one file that only its owner can read. Other processes can read
 * and write them meanwhile.
 * @throws InputError if the file exists, or no database exists
 */
export function writeBackup(file: string, databases: Databases): readonly BackupPart[] {
  if (existsSync(file)) throw new InputError(`${file}: exists already; pass the path of a new file`);
  const existing = Object.entries(databases).filter(([, database]) => existsSync(database));
  if (existing.length === 0)
    throw new InputError(
      'There is nothing to back up: neither STORE_URL nor TENANT_DATA is a SQLite file that exists.',
    );
  mkdirSync(path.dirname(file), { recursive: true });
  return withFolderBeside(file, (folder) => {
    const whole = path.join(folder, 'backup');
    closeSync(openSync(whole, 'wx', 0o600));
    const backup = new DatabaseSync(whole);
    backup.exec(`
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION};
      CREATE TABLE parts (name TEXT PRIMARY KEY, schema_version INTEGER NOT NULL, bytes INTEGER NOT NULL);
      CREATE TABLE chunks (seq INTEGER PRIMARY KEY, part TEXT NOT NULL, bytes BLOB NOT NULL);
    `);
    const parts = existing.map(([name, database]) => {
      const copy = path.join(folder, name);
      copyDatabase(database, copy);
      return addPart(backup, name as DatabaseName, copy);
    });
    backup.close();
    renameSync(whole, file);
    return parts;
  });
}

/** Opens a backup for reading. @throws InputError if it is not a backup, damaged, or newer than this release */
function openBackup(file: string): DatabaseSync {
  if (!existsSync(file)) throw new InputError(`${file}: there is no such file`);
  let backup: DatabaseSync | undefined;
  try {
    backup = new DatabaseSync(file, { readOnly: true });
    if (pragma(backup, 'application_id') !== APPLICATION_ID) throw new Error('not a backup of Gatehouse');
    const version = Number(pragma(backup, 'user_version'));
    if (version > FORMAT_VERSION)
      throw new Error(`written by a newer release (format ${version}); restore it with that release`);
    if (pragma(backup, 'integrity_check') !== 'ok') throw new Error('damaged');
    return backup;
  } catch (error) {
    backup?.close();
    throw new InputError(`${file}: ${(error as Error).message}`);
  }
}

const toParts = (backup: DatabaseSync): readonly BackupPart[] =>
  backup
    .prepare('SELECT name, schema_version AS schemaVersion, bytes FROM parts ORDER BY name')
    // The statement has the column names of the type.
    .all() as unknown as readonly BackupPart[];

/** The parts of a backup. @throws InputError if it is not a backup */
export function readBackup(file: string): readonly BackupPart[] {
  const backup = openBackup(file);
  try {
    return toParts(backup);
  } finally {
    backup.close();
  }
}

function extract(backup: DatabaseSync, name: DatabaseName, to: string): void {
  const target = openSync(to, 'wx', 0o600);
  try {
    for (const { bytes } of backup
      .prepare('SELECT bytes FROM chunks WHERE part = ? ORDER BY seq')
      .iterate(name))
      writeSync(target, bytes as Uint8Array);
    fsyncSync(target);
  } finally {
    closeSync(target);
  }
  const db = new DatabaseSync(to, { readOnly: true });
  const state = pragma(db, 'integrity_check');
  db.close();
  if (state !== 'ok') throw new InputError(`${name}: its part of the backup is damaged`);
}

/**
 * Switches write-ahead logging off, which fails if another connection is open, so that the file is complete without its
 * side files.
 */
function requireUnused(file: string): void {
  if (!existsSync(file)) return;
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    const why = /locked/.test((error as Error).message)
      ? 'in use: stop the gateway or tenant that uses it'
      : (error as Error).message;
    throw new InputError(`${file}: ${why}`);
  } finally {
    db.close();
  }
}

/**
 * Replaces databases with their parts of a backup. Existing files are kept as `<file>.old`. All parts are checked before
 * the first file is replaced.
 * @throws InputError if the backup or a part is invalid, or a database is in use
 */
export function restoreBackup(file: string, databases: Databases): readonly BackupPart[] {
  const backup = openBackup(file);
  const undo: (() => void)[] = [];
  try {
    const parts = toParts(backup).filter(({ name }) => databases[name] !== undefined);
    for (const { name, schemaVersion } of parts)
      if (schemaVersion > (KNOWN_SCHEMAS[name] ?? schemaVersion))
        throw new InputError(
          `${name}: schema version ${schemaVersion} of the backup is newer than this release; restore it with a newer one`,
        );
    const replacements = parts.map(({ name }) => {
      const target = databases[name] ?? '';
      mkdirSync(path.dirname(target), { recursive: true });
      const restored = `${target}.restored`;
      undo.push(() => rmSync(restored, { force: true }));
      rmSync(restored, { force: true });
      extract(backup, name, restored);
      return { target, restored };
    });
    for (const { target } of replacements) requireUnused(target);
    for (const { target, restored } of replacements) {
      if (existsSync(target)) renameSync(target, `${target}.old`);
      renameSync(restored, target);
    }
    return parts;
  } finally {
    backup.close();
    for (const clear of undo) clear();
  }
}

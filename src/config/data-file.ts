import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The first bytes of every SQLite database. */
const sqliteMark = 'SQLite format 3\0';

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });

function requireFolderFor(file: string): void {
  const folder = dirname(file);
  const stats = statOf(folder);
  if (stats === undefined && folder !== file) requireFolderFor(folder);
  else if (!stats?.isDirectory()) throw new Error(`${folder} is not a folder`);
  else accessSync(folder, constants.W_OK | constants.X_OK);
}

function requireDatabase(file: string): void {
  accessSync(file, constants.R_OK | constants.W_OK);
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(sqliteMark.length);
    const length = readSync(descriptor, head, 0, head.length, 0);
    if (length > 0 && head.toString('latin1') !== sqliteMark) throw new Error('not a SQLite database');
  } finally {
    closeSync(descriptor);
  }
}

/** Why a SQLite file can be neither opened nor created; undefined where it can. Creates nothing. */
export function findDatabaseFault(file: string): string | undefined {
  try {
    const stats = statOf(file);
    if (stats === undefined) requireFolderFor(file);
    else if (!stats.isFile()) throw new Error(stats.isDirectory() ? 'a folder' : 'not a file');
    else requireDatabase(file);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

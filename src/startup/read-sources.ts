import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, NamedFiles } from '../config/config.ts';
import type { Fault } from '../config/faults.ts';
import { type ReadOptions, readConfig } from '../config/read-config.ts';
import type { Environment } from '../config/read-variables.ts';
import type { ConfigWarning, Setting } from '../config/settings.ts';
import { ownRoutes } from '../resources/own-routes.ts';
import { type AddedRoutes, type ReadRoutes, readRoutes } from '../resources/routes-file/read-routes.ts';

/** The input of a gateway's start. */
export interface StartSources {
  readonly config: Config;
  readonly routes: AddedRoutes;
  /** Every variable `OTEL_*` that is set. */
  readonly telemetry: Environment;
  /** Reads the routes again; undefined without ROUTES_FILE. */
  readonly readRoutesAgain: (() => Promise<ReadRoutes>) | undefined;
}

export type ReadSources = { readonly warnings: readonly ConfigWarning[] } & (
  | (StartSources & { readonly ok: true; readonly settings: readonly Setting[] })
  | { readonly ok: false; readonly faults: readonly Fault[] }
);

/**
 * Reads the operator's input: environment, `.env`, the files that variables name, and the routes. Reports all faults at
 * once.
 */
export async function readSources(environment: Environment, options: ReadOptions): Promise<ReadSources> {
  const read = readConfig(environment, options);
  const { files, warnings, lookUp, telemetry } = read;
  const readAdded = () => readRoutes(files, ownRoutes(), lookUp);
  const added = await readAdded();
  const faults = [
    ...(read.ok ? [] : read.faults),
    ...toDatabaseFaults(files),
    ...toSentinelFaults(files),
    ...toOsmFaults(files),
    ...(added.ok ? [] : added.faults),
  ];
  if (!read.ok || !added.ok || faults.length > 0) return { ok: false, faults, warnings };
  return {
    ok: true,
    config: read.config,
    routes: added.routes,
    readRoutesAgain: files.routesFile === undefined ? undefined : readAdded,
    settings: read.settings,
    telemetry,
    warnings,
  };
}

/** The first bytes of every SQLite database. */
const SQLITE_MARK = 'SQLite format 3\0';

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
    const head = Buffer.alloc(SQLITE_MARK.length);
    const length = readSync(descriptor, head, 0, head.length, 0);
    if (length > 0 && head.toString('latin1') !== SQLITE_MARK) throw new Error('not a SQLite database');
  } finally {
    closeSync(descriptor);
  }
}

/** Why a SQLite file can be neither opened nor created; undefined if it can. Creates nothing. */
function findDatabaseFault(file: string): string | undefined {
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

const toDatabaseFaults = ({ databases }: NamedFiles): Fault[] =>
  Object.entries(databases).flatMap(([name, file]) => {
    const why = findDatabaseFault(file);
    const wanted = 'a writable SQLite file, or a path where one can be created';
    return why === undefined ? [] : [{ name, seen: `${JSON.stringify(file)}: ${why}`, wanted }];
  });

/** Why a file cannot be read; undefined where it can. */
function findReadFault(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return statOf(file)?.isFile() ? undefined : 'not a file';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

/** The file with the password of the sentinels is read when the store is opened. */
function toSentinelFaults({ sentinelPasswordFile: file }: NamedFiles): Fault[] {
  const why = file === undefined ? undefined : findReadFault(file);
  if (why === undefined) return [];
  const wanted = 'sentinel_password_file=<path> of a text file that can be read';
  return [{ name: 'STORE_URL', seen: `${JSON.stringify(file)}: ${why}`, wanted }];
}

/** The road file is read at the first query, but the start checks that it is readable. */
function toOsmFaults({ osmFile }: NamedFiles): Fault[] {
  const why = osmFile === undefined ? undefined : findReadFault(osmFile);
  if (why === undefined) return [];
  const wanted = 'an OpenStreetMap extract (.osm.pbf) that can be read';
  return [{ name: 'DIRECTIONS_OSM_FILE', seen: `${JSON.stringify(osmFile)}: ${why}`, wanted }];
}

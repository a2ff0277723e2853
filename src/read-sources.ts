import type { Config } from './config/config.ts';
import { findDatabaseFault } from './config/data-file.ts';
import { type ReadOptions, readConfig } from './config/read-config.ts';
import type { Environment, Fault } from './config/read-variables.ts';
import type { Setting } from './config/settings.ts';
import type { NamedFiles } from './config/to-config.ts';
import type { ConfigWarning } from './config/unknown-variables.ts';
import { ownRoutes } from './resources/own-routes.ts';
import { type AddedRoutes, readRoutes } from './resources/routes-file/read-routes.ts';

/** What a gateway starts with. */
export interface StartSources {
  readonly config: Config;
  readonly routes: AddedRoutes;
}

export type ReadSources = { readonly warnings: readonly ConfigWarning[] } & (
  | (StartSources & { readonly ok: true; readonly settings: readonly Setting[] })
  | { readonly ok: false; readonly faults: readonly Fault[] }
);

/**
 * Reads all that an operator gives: the environment, `.env`, the files that variables name, the routes; or tells the
 * faults of all of them at once.
 */
export async function readSources(environment: Environment, options: ReadOptions): Promise<ReadSources> {
  const read = readConfig(environment, options);
  const { files, warnings, lookUp } = read;
  const added = await readRoutes(files, ownRoutes(), lookUp);
  const faults = [
    ...(read.ok ? [] : read.faults),
    ...toDatabaseFaults(files),
    ...(added.ok ? [] : added.faults),
  ];
  if (!read.ok || !added.ok || faults.length > 0) return { ok: false, faults, warnings };
  return { ok: true, config: read.config, routes: added.routes, settings: read.settings, warnings };
}

const toDatabaseFaults = ({ databases }: NamedFiles): Fault[] =>
  Object.entries(databases).flatMap(([name, file]) => {
    const why = findDatabaseFault(file);
    const wanted = 'a SQLite file that can be written, or a place where one can be created';
    return why === undefined ? [] : [{ name, seen: `${JSON.stringify(file)}: ${why}`, wanted }];
  });

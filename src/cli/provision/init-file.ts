import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { toFaultLines } from '../../config/faults.ts';
import { readProvisionSettings, readRoutesSources } from '../../config/read-config.ts';
import type { Environment } from '../../config/read-variables.ts';
import type { GuardRule } from '../../http/route.ts';
import { ownRoutes } from '../../resources/own-routes.ts';
import { readRoutes } from '../../resources/routes-file/read-routes.ts';
import { EXIT_CODES, type ExitCode } from '../../startup/exit-codes.ts';
import { printFailure, printResult } from '../output.ts';
import { InputError } from '../read-json.ts';
import { ProvisionError } from './provision-error.ts';
import { toStarterText } from './starter.ts';

const cwd = () => ({ cwd: process.cwd() });

/** Throws `InputError` if the file exists and may not be replaced. */
export function refuseExisting(file: string, mayReplace = false): void {
  if (!mayReplace && existsSync(file))
    throw new InputError(`${file} exists. Pass --yes to replace it, or --file for another one.`);
}

type Scopes = ReadonlyMap<string, readonly string[]>;

const scopesOf = (guard: unknown): readonly string[] => {
  if (typeof guard !== 'object' || guard === null) return [];
  const { scopes = [], anyScope = [], scopesOrPermissions = [] }: GuardRule = guard;
  return [...scopes, ...anyScope, ...scopesOrPermissions];
};

/** The scopes that routes require, by API. Throws `InputError` for routes with faults. */
async function readRouteScopes(audience: string, environment: Environment): Promise<Scopes> {
  const sources = readRoutesSources(environment, cwd());
  const read = sources.ok ? await readRoutes(sources.sources, ownRoutes(), sources.lookUp) : sources;
  if (!read.ok) throw new InputError(toFaultLines(read.faults).join('\n'));
  const scopes = new Map<string, string[]>();
  const add = (api: string, guard: unknown) =>
    scopes.set(api, [...new Set([...(scopes.get(api) ?? []), ...scopesOf(guard)])]);
  for (const { guard } of [...ownRoutes(), ...read.routes.local]) add(audience, guard);
  for (const row of read.routes.proxied) add(row.audience ?? audience, row.guard);
  return scopes;
}

/** Writes the starter of the configuration. Throws `InputError` and `ProvisionError`. */
export async function writeStarter(file: string, environment: Environment): Promise<void> {
  const read = readProvisionSettings(environment, cwd());
  if (!read.ok) throw new ProvisionError(toFaultLines(read.faults).join('\n'));
  const { settings } = read;
  const scopes = await readRouteScopes(settings.apiAudiences[0] ?? '', environment);
  await writeFile(file, toStarterText({ settings, scopes }), { flag: 'w' });
}

/** `provision init`: writes a file that fits the configuration. */
export async function initFile(isJson: boolean, file: string, mayReplace?: boolean): Promise<ExitCode> {
  try {
    refuseExisting(file, mayReplace);
    await writeStarter(file, process.env);
  } catch (error) {
    return printFailure(isJson, error);
  }
  printResult(isJson, { ok: true, file }, () => [
    `${file} is written. Read it, then run: gatehouse provision plan`,
  ]);
  return EXIT_CODES.fine;
}

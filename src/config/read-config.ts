import type { Config, TenantSettings } from './config.ts';
import { parseVariables } from './parse-variables.ts';
import { type Environment, type Fault, type LookUp, readVariables } from './read-variables.ts';
import { type Setting, toSettings } from './settings.ts';
import { type NamedFiles, toConfig, toNamedFiles, toRoutesSources, toTenantSettings } from './to-config.ts';
import { type ConfigWarning, toUnknownWarnings } from './unknown-variables.ts';
import type { Values } from './variables.ts';

export interface ReadOptions {
  /** Where `.env` lies, and what relative paths start from. */
  readonly cwd: string;
}

interface ReadBase {
  readonly files: NamedFiles;
  readonly warnings: readonly ConfigWarning[];
  readonly lookUp: LookUp;
}

export type ReadConfig =
  | (ReadBase & {
      readonly ok: true;
      readonly config: Config;
      /** Each variable's resolved value, masked, and where it came from. */
      readonly settings: readonly Setting[];
    })
  | (ReadBase & { readonly ok: false; readonly faults: readonly Fault[] });

/** Reads the configuration, or tells all of its faults at once. Never throws for what is given. */
export function readConfig(environment: Environment, { cwd }: ReadOptions): ReadConfig {
  const given = readVariables(environment, cwd);
  const { values, faults } = parseVariables(given);
  const base = { files: toNamedFiles(values, cwd), warnings: toUnknownWarnings(given), lookUp: given.lookUp };
  if (faults.length > 0) return { ...base, ok: false, faults };
  // Without faults nothing was left out.
  return { ...base, ok: true, config: toConfig(values as Values, cwd), settings: toSettings(given) };
}

export type ReadTenantSettings =
  | {
      readonly ok: true;
      readonly settings: TenantSettings;
      readonly production: boolean;
      /** AUTH0_DOMAIN: the tenant that the gateway is set to; undefined: the embedded one. */
      readonly domain: string | undefined;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads what the embedded tenant needs when it runs alone; faults of the gateway's variables don't count. */
export function readTenantSettings(environment: Environment, { cwd }: ReadOptions): ReadTenantSettings {
  const { values, faults } = parseVariables(readVariables(environment, cwd));
  const own = faults.filter(({ name }) => /^(TENANT_(?!TIMEOUT)|NODE_ENV|\.env)/.test(name));
  if (own.length > 0) return { ok: false, faults: own };
  // Without faults none of the tenant's variables was left out.
  const settings = toTenantSettings(values as Values, cwd);
  return { ok: true, settings, production: values.NODE_ENV === 'production', domain: values.AUTH0_DOMAIN };
}

export type ReadRoutesSources =
  | {
      readonly ok: true;
      readonly sources: Pick<Config, 'routesFile' | 'routesModule'>;
      readonly lookUp: LookUp;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads where the operator's routes are; faults of other variables don't count. */
export function readRoutesSources(environment: Environment, { cwd }: ReadOptions): ReadRoutesSources {
  const given = readVariables(environment, cwd);
  const { values, faults } = parseVariables(given);
  const own = faults.filter(({ name }) => /^(ROUTES_|\.env)/.test(name));
  if (own.length > 0) return { ok: false, faults: own };
  return { ok: true, sources: toRoutesSources(values, cwd), lookUp: given.lookUp };
}

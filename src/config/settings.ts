import { mask, maskCredentials, mayBeSecret, toVisible } from './faults.ts';
import type { GivenVariables, Origin } from './read-variables.ts';
import type { RawValues, Variable } from './value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES, type VariableName } from './variables.ts';

/** The effective value of one variable. Safe to show. */
export interface Setting {
  readonly name: VariableName;
  /** Masked; null if there is no value and no literal default. */
  readonly value: string | null;
  readonly origin: Origin;
  /** Where the origin is a file: its path. */
  readonly file?: string;
}

/** The given values, and the defaults of the others. */
export function toRawValues(given: GivenVariables): RawValues {
  const raw: Record<string, string | undefined> = {};
  for (const name of VARIABLE_NAMES) {
    const row: Variable = VARIABLES[name];
    const found = given.values.get(name);
    if (found) raw[name] = found.value;
    else raw[name] = typeof row.default === 'function' ? row.default(raw) : row.default;
  }
  return raw;
}

/** Every variable with its effective value and its source. */
export function toSettings(given: GivenVariables): Setting[] {
  const raw = toRawValues(given);
  return VARIABLE_NAMES.map((name) => {
    const row: Variable = VARIABLES[name];
    const value = raw[name];
    const shown =
      value === undefined
        ? null
        : row.isSecret
          ? '***'
          : toVisible(maskCredentials(mask(value, given.secrets)));
    const { origin = 'default', file } = given.values.get(name) ?? {};
    if (file === undefined) return { name, value: shown, origin };
    const path = row.isSecret && mayBeSecret(file) ? '***' : toVisible(mask(file, given.secrets));
    return { name, value: shown, origin, file: path };
  });
}

/** A variable that is set and has no effect. Safe to show. */
export interface ConfigWarning {
  readonly name: string;
  readonly message: string;
}

const KNOWN_NAMES = VARIABLE_NAMES.flatMap((name) => [name as string, `${name}_FILE`]);
const KNOWN: ReadonlySet<string> = new Set(KNOWN_NAMES);

/** Names of the system and of shells that are two letters away from one of ours. */
const FOREIGN_NAMES: ReadonlySet<string> = new Set(['HOME', 'MORE']);

const TYPO_DISTANCE = 2;

/** Levenshtein distance of two words. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

const isOurs = (name: string): boolean => /^(GATEHOUSE|AUTH0)_/.test(name);

interface Near {
  readonly name: string;
  readonly distance: number;
}

/** The nearest of `names`, ignoring case and the prefix `GATEHOUSE_`. */
function toNearest(name: string, names: readonly string[]): Near | undefined {
  const word = name.slice(0, 100).toUpperCase();
  const bare = word.replace(/^GATEHOUSE_/, '');
  return names
    .map((each) => ({ name: each, distance: Math.min(editDistance(word, each), editDistance(bare, each)) }))
    .reduce<Near | undefined>(
      (best, next) => (best === undefined || next.distance < best.distance ? next : best),
      undefined,
    );
}

/** The known name that an unknown one is probably a typo of; undefined if it belongs to another program. */
function toMeant(name: string, isInDotenv: boolean): string | undefined {
  if (KNOWN.has(name) || name.startsWith('AUTH0_CONTRACT_')) return undefined;
  // OpenTelemetry has many variables of its own.
  const isTelemetry = name.startsWith('OTEL_');
  if ((isInDotenv && !isTelemetry) || isOurs(name)) return toNearest(name, KNOWN_NAMES)?.name;
  if (FOREIGN_NAMES.has(name)) return undefined;
  const close = KNOWN_NAMES.filter((each) => Math.abs(each.length - name.length) <= TYPO_DISTANCE);
  const nearest = toNearest(name, close);
  return nearest && nearest.distance <= TYPO_DISTANCE ? nearest.name : undefined;
}

/**
 * Warns of variables that have no effect, with the nearest known name: names with our prefixes, names one or two letters away
 * from a known one, and every unknown name in `.env`.
 */
export const toUnknownWarnings = ({
  names,
  dotenvNames,
}: Pick<GivenVariables, 'names' | 'dotenvNames'>): ConfigWarning[] =>
  names.toSorted().flatMap((name) => {
    const meant = toMeant(name, dotenvNames.has(name));
    if (meant === undefined) return [];
    const shown = toVisible(name);
    return [{ name: shown, message: `${shown} is not a known variable; the nearest known name is ${meant}` }];
  });

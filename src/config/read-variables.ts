import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { quote, quoteSecret } from './mask.ts';
import type { Variable } from './variable.ts';
import { isVariableName, type VariableName, variableNames, variables } from './variables.ts';

/** Where a value came from: `file` is a path given as `<NAME>_FILE`. */
export type Origin = 'environment' | '.env' | 'file' | 'default';

/** What is wrong with one variable. Safe to show. */
export interface Fault {
  readonly name: string;
  readonly seen: string;
  readonly wanted: string;
}

/** The value of any variable of the environment or of `.env`; undefined where it is not set, or a secret of the gateway. */
export type LookUp = (name: string) => string | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What was given, before any of it is parsed. */
export interface GivenVariables {
  /** Undefined values: given, but not to be had; a fault says why. */
  readonly values: ReadonlyMap<VariableName, { readonly value: string | undefined; readonly origin: Origin }>;
  /** Names of all variables that are set, known or not. */
  readonly names: readonly string[];
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
  readonly faults: readonly Fault[];
  readonly lookUp: LookUp;
}

const maxFileBytes = 65_536;

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';

/** The text of a small file. @throws Error with a `code` */
function readSmallFile(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(maxFileBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > maxFileBytes) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    const bytes = buffer.subarray(0, length);
    if (!isUtf8(bytes)) throw Object.assign(new Error('not text'), { code: 'not UTF-8' });
    return bytes.toString();
  } finally {
    closeSync(descriptor);
  }
}

/** The variables of `.env` in `cwd`; none where there is no such file. */
function readDotenv(cwd: string, faults: Fault[]): Environment {
  try {
    return parse(readFileSync(resolve(cwd, '.env')));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== 'ENOENT') faults.push({ name: '.env', seen: reason, wanted: 'a readable file, or none' });
    return {};
  }
}

/**
 * Gathers what is given for the known variables. The real environment wins over `.env`, even with an empty
 * value; an empty value is none. `<NAME>_FILE` names a file that holds the value, a trailing newline cut.
 */
export function readVariables(environment: Environment, cwd: string): GivenVariables {
  const faults: Fault[] = [];
  const dotenv = readDotenv(cwd, faults);
  const secrets: string[] = [];
  const values = new Map<VariableName, { value: string | undefined; origin: Origin }>();

  const lookUp = (name: string): { value: string; origin: Origin } | undefined => {
    const isReal = Object.hasOwn(environment, name) && environment[name] !== undefined;
    const value = isReal ? environment[name] : Object.hasOwn(dotenv, name) ? dotenv[name] : undefined;
    return value ? { value, origin: isReal ? 'environment' : '.env' } : undefined;
  };

  const readFrom = (name: string, file: string, isSecret: boolean): string | undefined => {
    const fault = (reason: string): undefined => {
      const seen = isSecret ? quoteSecret(file) : quote(file, secrets);
      faults.push({
        name: `${name}_FILE`,
        seen: `${seen}: ${reason}`,
        wanted: 'the path of a small text file',
      });
    };
    try {
      return readSmallFile(resolve(cwd, file)).replace(/\r?\n$/, '') || fault('it is empty');
    } catch (error) {
      return fault(reasonOf(error));
    }
  };

  // Secrets first, so that no fault of another variable can show one.
  for (const name of variableNames.toSorted((a, b) => Number(isSecretName(b)) - Number(isSecretName(a)))) {
    const isSecret = isSecretName(name);
    const direct = lookUp(name);
    const file = lookUp(`${name}_FILE`);
    if (isSecret) secrets.push(...[direct, file].flatMap((given) => (given ? secretsOf(given.value) : [])));
    if (direct && file) {
      faults.push({ name, seen: `${name} and ${name}_FILE`, wanted: 'one of the two' });
      values.set(name, { value: undefined, origin: direct.origin });
    } else if (direct) {
      values.set(name, direct);
    } else if (file) {
      const value = readFrom(name, file.value, isSecret);
      if (isSecret && value !== undefined) secrets.push(...secretsOf(value));
      values.set(name, { value, origin: 'file' });
    }
  }
  const names = [...new Set([...Object.keys(environment), ...Object.keys(dotenv)])];
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return {
    values,
    names: names.filter((name) => lookUp(name)),
    secrets: longestFirst,
    faults,
    lookUp: (name) => (isVariableName(name) && isSecretName(name) ? undefined : lookUp(name)?.value),
  };
}

const isSecretName = (name: VariableName): boolean => {
  const row: Variable = variables[name];
  return row.isSecret === true;
};

/** A secret and, should it be a list, its items. */
const secretsOf = (value: string): string[] => [value, ...value.split(',').map((item) => item.trim())];

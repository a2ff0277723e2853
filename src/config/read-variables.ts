import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { type Fault, mayBeSecret, quotePath } from './faults.ts';
import type { Variable } from './value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES, type VariableName } from './variables.ts';

/** Where a value came from: `file` is a path given as `<NAME>_FILE`. */
export type Origin = 'environment' | '.env' | 'file' | 'default';

/** The value of any variable of the environment or of `.env`; undefined if it is not set, or is a secret of the gateway. */
export type LookUp = (name: string) => string | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GivenValue {
  readonly value: string | undefined;
  readonly origin: Origin;
  /** The path given as `<NAME>_FILE`, safe to show. */
  readonly file?: string;
}

/** What was given, before any of it is parsed. */
export interface GivenVariables {
  /** An undefined value was given but cannot be read; a fault says why. */
  readonly values: ReadonlyMap<VariableName, GivenValue>;
  /** Names of all variables that are set, known or not. */
  readonly names: readonly string[];
  /** Those of them that `.env` sets. */
  readonly dotenvNames: ReadonlySet<string>;
  /** Secrets, which must never be shown. */
  readonly secrets: readonly string[];
  readonly faults: readonly Fault[];
  readonly lookUp: LookUp;
}

const MAX_FILE_BYTES = 65_536;
const MAX_DOTENV_BYTES = 1_048_576;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'a folder',
  EFBIG: 'too large',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  return code in REASONS ? `${REASONS[code]} (${code})` : code;
}

const notUtf8 = Object.assign(new Error('not text'), { code: 'not UTF-8' });

/** The text of a small UTF-8 file. UTF-16 is refused, with or without a byte order mark. @throws Error with a `code` */
function readSmallFile(file: string, maxBytes: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > maxBytes) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    const bytes = buffer.subarray(0, length);
    if (!isUtf8(bytes) || bytes.includes(0)) throw notUtf8;
    return bytes.toString();
  } finally {
    closeSync(descriptor);
  }
}

/** A line of `.env` that dotenv would ignore or cut. */
export interface LineFault {
  /** Counted from 1. */
  readonly line: number;
  readonly wanted: string;
}

/** What dotenv reads: an empty line, a comment, or `NAME=value`. A value in quotes may span several lines. */
const ENTRY =
  /[^\S\n]*(?:(?:export[^\S\n]+)?(?<name>[\w.-]+)(?:[^\S\n]*=|:(?=[^\S\n]))[^\S\n]*(?:"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`|(?<bare>[^\n#'"`][^\n]*)?)[^\S\n]*)?(?:#[^\n]*)?(?:\n|$)/y;

/** A `#` inside a word: dotenv cuts the value there. */
const IS_CUT = /^[^#]*[^#\s]#/;

const WANTED_LINE =
  'NAME=value, a comment that begins with #, or an empty line; a quoted value needs its closing quote';
const WANTED_QUOTES =
  'quotes around a value that contains #: without them, dotenv reads the rest of the line as a comment';

/** The lines that dotenv would ignore or cut. Their text is left out, since it may be a secret. */
export function findLineFaults(text: string): LineFault[] {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  const faults: LineFault[] = [];
  const lineAt = (index: number): number => lines.slice(0, index).split('\n').length;
  for (let at = 0; at < lines.length; ) {
    ENTRY.lastIndex = at;
    const found = ENTRY.exec(lines);
    if (!found) {
      faults.push({ line: lineAt(at), wanted: WANTED_LINE });
      const end = lines.indexOf('\n', at);
      at = end === -1 ? lines.length : end + 1;
      continue;
    }
    if (IS_CUT.test(found.groups?.['bare'] ?? '')) faults.push({ line: lineAt(at), wanted: WANTED_QUOTES });
    at = ENTRY.lastIndex;
  }
  return faults;
}

/** The variables of `.env` in `cwd`; none without such a file. Each line that dotenv would ignore or cut is a fault. */
function readDotenv(cwd: string, faults: Fault[]): Environment {
  try {
    const text = readSmallFile(resolve(cwd, '.env'), MAX_DOTENV_BYTES).replace(/^\uFEFF/, '');
    for (const { line, wanted } of findLineFaults(text))
      faults.push({ name: '.env', seen: `line ${line}`, wanted });
    return parse(text);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent)
      faults.push({ name: '.env', seen: reasonOf(error), wanted: 'a text file in UTF-8, or none' });
    return {};
  }
}

/**
 * Reads the known variables. The environment overrides `.env`, even with an empty value; an empty value counts as not set.
 * `<NAME>_FILE` names a file that contains the value; one trailing line break is removed. `fallbacks` are the values of
 * variables that are not set, in place of the defaults of the schema.
 */
export function readVariables(
  environment: Environment,
  cwd: string,
  fallbacks: Environment = {},
): GivenVariables {
  const faults: Fault[] = [];
  const dotenv = readDotenv(cwd, faults);
  const secrets: string[] = [];
  const values = new Map<VariableName, GivenValue>();

  const lookUp = (name: string): { value: string; origin: Origin } | undefined => {
    const isReal = Object.hasOwn(environment, name) && environment[name] !== undefined;
    const value = isReal ? environment[name] : Object.hasOwn(dotenv, name) ? dotenv[name] : undefined;
    return value ? { value, origin: isReal ? 'environment' : '.env' } : undefined;
  };

  const readFrom = (name: string, file: string, isSecret: boolean): string | undefined => {
    const fault = (reason: string): undefined => {
      faults.push({
        name: `${name}_FILE`,
        seen: `${quotePath(file, isSecret, secrets)}: ${reason}`,
        wanted: `the path of a text file in UTF-8, of at most ${MAX_FILE_BYTES / 1024} kB, that contains the value`,
      });
    };
    try {
      return readSmallFile(resolve(cwd, file), MAX_FILE_BYTES).replace(/\r?\n$/, '') || fault('it is empty');
    } catch (error) {
      return fault(reasonOf(error));
    }
  };

  // Secrets first, so that no fault of another variable can show one.
  for (const name of VARIABLE_NAMES.toSorted((a, b) => Number(isSecretName(b)) - Number(isSecretName(a)))) {
    const isSecret = isSecretName(name);
    const direct = lookUp(name);
    const file = lookUp(`${name}_FILE`);
    if (isSecret && direct) secrets.push(...secretsOf(direct.value));
    if (isSecret && file && mayBeSecret(file.value)) secrets.push(...secretsOf(file.value));
    if (direct && file) {
      faults.push({ name, seen: `${name} and ${name}_FILE`, wanted: 'one of the two' });
      values.set(name, { value: undefined, origin: direct.origin });
    } else if (direct) {
      values.set(name, direct);
    } else if (file) {
      const value = readFrom(name, file.value, isSecret);
      if (isSecret && value !== undefined) secrets.push(...secretsOf(value));
      values.set(name, { value, origin: 'file', file: file.value });
    } else if (fallbacks[name] !== undefined) {
      values.set(name, { value: fallbacks[name], origin: 'default' });
    }
  }
  const names = [...new Set([...Object.keys(environment), ...Object.keys(dotenv)])];
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return {
    values,
    names: names.filter((name) => lookUp(name)),
    dotenvNames: new Set(Object.keys(dotenv)),
    secrets: longestFirst,
    faults,
    lookUp: (name) =>
      isVariableName(name) && isSecretName(name) ? undefined : (lookUp(name)?.value ?? fallbacks[name]),
  };
}

const isVariableName = (name: string): name is VariableName => Object.hasOwn(VARIABLES, name);

const isSecretName = (name: VariableName): boolean => {
  const row: Variable = VARIABLES[name];
  return row.isSecret === true;
};

/** A secret, and its items if it is a list or in quotes. */
const secretsOf = (value: string): string[] => [
  value,
  ...value.split(',').map((item) => item.replaceAll(/^[\s"'`]+|[\s"'`]+$/g, '')),
];

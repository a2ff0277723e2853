import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { State } from '../state/state.ts';
import { type BuiltInSeed, toBuiltInSeed } from './built-in.ts';
import { knownNames } from './known-names.ts';
import { mergeSeeds } from './merge-seeds.ts';
import { SeedError } from './seed-error.ts';
import { seedFaults } from './seed-faults.ts';
import type { SeedInput } from './seed-input.ts';

/** The text of a seed, and the file's name for error messages. */
export interface SeedText {
  readonly text: string;
  readonly name: string;
}

/** The path of a seed file (YAML or JSON), or the content of one. */
export type SeedSource = string | BuiltInSeed;

/** Reads a seed; undefined if none is set. Throws `SeedError` if the file cannot be read. */
export async function readSeedText(source: SeedSource | undefined): Promise<SeedText | undefined> {
  if (source === undefined) return undefined;
  if (typeof source === 'object') return { text: JSON.stringify(source), name: 'seed' };
  try {
    return { text: await readFile(source, 'utf8'), name: source };
  } catch (error) {
    throw new SeedError(`${source}: cannot be read`, { cause: error });
  }
}

/** Identifies the seed that was applied first; empty: none. */
export const digestSeed = (given: SeedText | undefined): string =>
  given === undefined ? '' : hash('sha256', given.text);

/** The names of an empty state. */
const NOTHING = {
  scopesOf: new Map(),
  connections: new Map(),
  clients: new Set(),
  roles: new Set(),
  defaultDirectory: '',
  holders: new Map(),
} satisfies ReturnType<typeof knownNames>;

export interface FirstSeedDeps {
  /** The seed of the program that runs the tenant; undefined: the package's own. */
  readonly builtInSeed: BuiltInSeed | undefined;
  /** The value of `$mgmt`: `https://<domain>/api/v2/`. */
  readonly managementIdentifier: string;
}

/** The seed of an empty tenant: the built-in seed with the given one applied on top. Throws `SeedError`. */
export async function toFirstSeed(
  { builtInSeed, managementIdentifier }: FirstSeedDeps,
  given: SeedText | undefined,
): Promise<SeedInput> {
  const builtIn = toBuiltInSeed(builtInSeed);
  const whole = given === undefined ? builtIn : mergeSeeds(builtIn, await parse(given));
  return requireNoFaults(whole, given?.name ?? 'the built-in seed', managementIdentifier, NOTHING);
}

/** A seed to apply on top of existing data. Throws `SeedError`. */
export const toLaterSeed = async (
  given: SeedText,
  managementIdentifier: string,
  state: State,
): Promise<SeedInput> =>
  requireNoFaults(await parse(given), given.name, managementIdentifier, knownNames(state));

/** Loaded only if there is a seed to read, because it needs zod and a YAML parser. */
const parse = async ({ text, name }: SeedText): Promise<SeedInput> =>
  (await import('./parse-seed.ts')).parseSeed(text, name);

function requireNoFaults(
  seed: SeedInput,
  name: string,
  managementIdentifier: string,
  known: ReturnType<typeof knownNames>,
): SeedInput {
  const faults = seedFaults(seed, managementIdentifier, known);
  if (faults.length > 0) throw new SeedError([`${name}:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  return seed;
}

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { State } from '../state/state.ts';
import { type BuiltInSeed, toBuiltInSeed } from './built-in.ts';
import { knownNames } from './known-names.ts';
import { mergeSeeds } from './merge-seeds.ts';
import { SeedError } from './seed-error.ts';
import { seedFaults } from './seed-faults.ts';
import type { SeedInput } from './seed-input.ts';

/** The text of a seed, and the file's name for complaints about it. */
export interface SeedText {
  readonly text: string;
  readonly name: string;
}

/** Reads TENANT_SEED; undefined where it is not set. Throws `SeedError` where it cannot be read. */
export async function readSeedText(file: string | undefined): Promise<SeedText | undefined> {
  if (file === undefined) return undefined;
  try {
    return { text: await readFile(file, 'utf8'), name: file };
  } catch (error) {
    throw new SeedError(`${file}: cannot be read`, { cause: error });
  }
}

/** By which a store remembers the seed it began with; empty: none. */
export const digestSeed = (given: SeedText | undefined): string =>
  given === undefined ? '' : hash('sha256', given.text);

/** An empty state's names. */
const nothing = {
  scopesOf: new Map(),
  connections: new Map(),
  clients: new Set(),
  roles: new Set(),
  defaultDirectory: '',
  holders: new Map(),
} satisfies ReturnType<typeof knownNames>;

export interface FirstSeedDeps {
  /** Of the program that brings the tenant along; undefined: the package's own. */
  readonly builtInSeed: BuiltInSeed | undefined;
  /** What `$mgmt` stands for: `https://<domain>/api/v2/`. */
  readonly managementIdentifier: string;
}

/** What an empty tenant begins with: the built-in seed, and the given one on top. Throws `SeedError`. */
export async function toFirstSeed(
  { builtInSeed, managementIdentifier }: FirstSeedDeps,
  given: SeedText | undefined,
): Promise<SeedInput> {
  const builtIn = toBuiltInSeed(builtInSeed);
  const whole = given === undefined ? builtIn : mergeSeeds(builtIn, await parse(given));
  return judge(whole, given?.name ?? 'the built-in seed', managementIdentifier, nothing);
}

/** What is to be laid over a tenant that is not empty. Throws `SeedError`. */
export const toLaterSeed = async (
  given: SeedText,
  managementIdentifier: string,
  state: State,
): Promise<SeedInput> => judge(await parse(given), given.name, managementIdentifier, knownNames(state));

/** Loaded only where there is a seed to read: it takes zod and a YAML parser. */
const parse = async ({ text, name }: SeedText): Promise<SeedInput> =>
  (await import('./parse-seed.ts')).parseSeed(text, name);

function judge(
  seed: SeedInput,
  name: string,
  managementIdentifier: string,
  known: ReturnType<typeof knownNames>,
): SeedInput {
  const faults = seedFaults(seed, managementIdentifier, known);
  if (faults.length > 0) throw new SeedError([`${name}:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  return seed;
}

import { type Context, toContext, toCountyContext, toOpenContext } from './context.ts';
import { foldText, toNameKey } from './fold.ts';
import type { KeyIndex } from './key-index.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import { toSegments, type Words } from './segments.ts';

/** One interpretation of a query: a name, its context, and unused parts. */
export interface Reading {
  /** A key of `toNameKey`. */
  readonly name: string;
  /** A place must lie in each of them. */
  readonly contexts: readonly Context[];
  /** Folded parts of the query that this reading does not use: a street, a postal code. */
  readonly unused: readonly string[];
  /** 1 if the whole query is used; lower for unused parts. */
  readonly trust: number;
}

/** A part between commas left out, or words of one part. */
const TRUST_WITHOUT_PARTS = 0.5;
const TRUST_WITHOUT_WORDS = 0.35;

const MAX_CONTEXT_WORDS = 4;
const MAX_CONTEXTS = 3;
/** Shorter words, such as `la` and `de`, are no place in the rest of an address. */
const MIN_NAME = 3;
/** Minimum importance of a town that is used as the context of another name without a comma. */
const KNOWN_TOWN = 5000;
/** The weight of unknown words after a town, in words of a street before it. */
const UNKNOWN_WEIGHT = 3;

type Resolve = (words: string) => Context | undefined;
interface Surroundings extends Pick<Reading, 'contexts' | 'unused'> {
  /** Unknown words, which may be a county. */
  readonly unknown: readonly string[];
}

/** The reading of the whole query as a name. */
export const toPlainReading = (text: string): Reading => ({
  name: toNameKey(foldText(text)),
  contexts: [],
  unused: [],
  trust: 1,
});

/** All other sensible readings of a query, those that use all of it first; `open`: its last word may be unfinished. */
export function toReadings(gazetteer: Gazetteer, index: KeyIndex, text: string, open: boolean): Reading[] {
  const known = remember((words) => toContext(gazetteer, index, words));
  const { segments, left } = toSegments(text, (words) => known(words) !== undefined);
  const lastWord = segments.at(-1)?.at(-1);
  const resolve = remember(
    (words) =>
      known(words) ?? (open && words === lastWord ? toOpenContext(gazetteer, index, words) : undefined),
  );
  const resolveArea: Resolve = (words) => keepIf(resolve(words), ({ areas }) => areas.size > 0);
  const isKnown = ({ areas, towns: [town] }: Context): boolean =>
    areas.size > 0 || (town !== undefined && (gazetteer.column.importance[town] as number) >= KNOWN_TOWN);
  const readings: { reading: Reading; cost: number }[] = [];
  for (const [i, words] of segments.entries()) {
    const before = toSurroundings(segments.slice(0, i), resolveArea);
    const after = toSurroundings(segments.slice(i + 1), resolve);
    const skipped: Surroundings = { contexts: [], unused: segments.slice(0, i).map(toText), unknown: [] };
    for (const name of peel(words, left, (run) => keepIf(resolve(run), isKnown))) {
      // `Germany, Berlin`; but a street before a town is just not used.
      if (i > 0 && before.unknown.length === 0) readings.push(toReading(name, before, after));
      if (after.unknown.length > 0) readings.push(toReading(name, skipped, inCounties(after)));
      readings.push(toReading(name, skipped, after));
    }
  }
  return readings.toSorted((a, b) => a.cost - b.cost).map(({ reading }) => reading);
}

/**
 * The same reading with as few words as possible removed from its name: a town is at the end or the start of an address.
 */
export function shorten(reading: Reading): Reading[] {
  const words = reading.name.split(' ');
  return words.slice(1).flatMap((_, n) =>
    [
      { name: words.slice(n + 1), left: words.slice(0, n + 1) },
      { name: words.slice(0, -n - 1), left: words.slice(-n - 1) },
    ]
      .filter(({ name }) => isName(toText(name)))
      .map(({ name, left }) => ({
        ...reading,
        name: toNameKey(toText(name)),
        unused: [...reading.unused, toText(left)],
        trust: TRUST_WITHOUT_WORDS,
      })),
  );
}

/** The same reading, in its surroundings, without a last word that may be the code of a province: `roma rm`. */
export function withoutLastCode(reading: Reading): Reading[] {
  const [, name = '', code = ''] = /^(.+) ([a-z]{2,3})$/.exec(reading.name) ?? [];
  if (!isName(name) || reading.contexts.length === 0) return [];
  return [{ ...reading, name, unused: [...reading.unused, code], trust: TRUST_WITHOUT_WORDS }];
}

interface Name extends Pick<Reading, 'contexts' | 'unused'> {
  readonly words: Words;
}

/** The name alone, then without its numbers, then with more and more of its end as context. */
function* peel(words: Words, left: Words, resolve: Resolve): Generator<Name> {
  yield { words, contexts: [], unused: left };
  const [named, numbers] = partition(words, hasDigit);
  if (named.length === 0) return;
  if (numbers.length > 0) yield { words: named, contexts: [], unused: [...left, ...numbers] };
  let rest = named;
  const contexts: Context[] = [];
  while (contexts.length < MAX_CONTEXTS) {
    const last = lastContext(rest, rest.length - 1, resolve);
    if (!last) return;
    contexts.push(last.context);
    rest = rest.slice(0, -last.words);
    yield { words: rest, contexts: [...contexts], unused: [...left, ...numbers] };
  }
}

function toSurroundings(segments: readonly Words[], resolve: Resolve): Surroundings {
  const contexts: Context[] = [];
  const unused: string[] = [];
  const unknown: string[] = [];
  for (const words of segments) {
    const [named, numbers] = partition(words, hasDigit);
    unused.push(...numbers);
    let rest = named;
    let last = lastContext(rest, rest.length, resolve);
    while (last) {
      contexts.push(last.context);
      rest = rest.slice(0, -last.words);
      last = lastContext(rest, rest.length, resolve);
    }
    if (rest.length > 0) unknown.push(toText(rest));
  }
  return { contexts, unused, unknown };
}

/** The unknown words as counties, which are known only by the places in them. */
const inCounties = ({ contexts, unused, unknown }: Surroundings): Surroundings => ({
  contexts: [...contexts, ...unknown.map(toCountyContext)],
  unused,
  unknown: [],
});

/** The longest sequence of at most `most` words at the end that is a context. */
function lastContext(
  words: Words,
  most: number,
  resolve: Resolve,
): { context: Context; words: number } | undefined {
  for (let length = Math.min(most, MAX_CONTEXT_WORDS); length > 0; length--) {
    const context = resolve(toText(words.slice(-length)));
    if (context) return { context, words: length };
  }
  return undefined;
}

function toReading(name: Name, ...around: readonly Surroundings[]): { reading: Reading; cost: number } {
  const unused = [...name.unused, ...around.flatMap((part) => part.unused)];
  const unknown = around.flatMap((part) => part.unknown);
  const reading = {
    name: toNameKey(toText(name.words)),
    contexts: [...new Set([...name.contexts, ...around.flatMap(({ contexts }) => contexts)])],
    unused: [...unused, ...unknown],
    trust: unused.length + unknown.length > 0 ? TRUST_WITHOUT_PARTS : 1,
  };
  return { reading, cost: countWords(unused) + UNKNOWN_WEIGHT * countWords(unknown) };
}

const toText = (words: Words): string => words.join(' ');
const hasDigit = (word: string): boolean => /\d/.test(word);
const countWords = (parts: readonly string[]): number => parts.flatMap((part) => part.split(' ')).length;
const isName = (text: string): boolean => text.length >= MIN_NAME || /[^a-z ]/.test(text);

const keepIf = (context: Context | undefined, isKept: (context: Context) => boolean): Context | undefined =>
  context && isKept(context) ? context : undefined;

function partition(words: Words, isOut: (word: string) => boolean): [left: Words, out: Words] {
  return [words.filter((word) => !isOut(word)), words.filter(isOut)];
}

function remember(resolve: Resolve): Resolve {
  const known = new Map<string, Context | undefined>();
  return (words) => {
    if (!known.has(words)) known.set(words, resolve(words));
    return known.get(words);
  };
}

import { type Context, toContext, toCountyContext } from './context.ts';
import { foldText, toNameKey } from './fold.ts';
import type { KeyIndex } from './key-index.ts';
import type { Gazetteer } from './read-gazetteer.ts';

/** One way to understand a query: a name, what surrounds it, and what is left over. */
export interface Reading {
  /** A key of `toNameKey`. */
  readonly name: string;
  /** A place must lie in each of them. */
  readonly contexts: readonly Context[];
  /** Folded parts of the query that this reading does not use: a street, a postal code. */
  readonly unused: readonly string[];
}

/** Bounds of what is looked at: a query of 200 letters has no more parts that mean something. */
const maxSegments = 6;
const maxWords = 16;
const maxContextWords = 4;
const maxContexts = 3;
/** Shorter words, such as `la` and `de`, are no place in the rest of an address. */
const minName = 3;
/** Without a comma, only a town of this importance is taken for the surroundings of another name. */
const knownTown = 5000;

type Words = readonly string[];
type Resolve = (words: string) => Context | undefined;
interface Surroundings extends Pick<Reading, 'contexts' | 'unused'> {
  /** Words that mean nothing by themselves; they may be a county. */
  readonly unknown: readonly string[];
}

/** The query as nothing but a name. */
export const toPlainReading = (text: string): Reading => ({
  name: toNameKey(foldText(text)),
  contexts: [],
  unused: [],
});

/** All other sensible readings of a query, those that use all of it first. */
export function toReadings(gazetteer: Gazetteer, index: KeyIndex, text: string): Reading[] {
  const segments = text
    .split(/[,;|\n、，；]/)
    .map((segment) => foldText(segment).split(' ').slice(0, maxWords))
    .filter(([first]) => first !== '')
    .slice(-maxSegments);
  const resolve = remember((words) => toContext(gazetteer, index, words));
  const resolveEnd: Resolve = (words) => {
    const context = resolve(words);
    const [town] = context?.towns ?? [];
    const isKnown = town !== undefined && (gazetteer.column.importance[town] as number) >= knownTown;
    return isKnown || (context && context.areas.size > 0) ? context : undefined;
  };
  const readings: Reading[] = [];
  for (const [i, words] of segments.entries()) {
    const before = toSurroundings(segments.slice(0, i), resolve);
    const after = toSurroundings(segments.slice(i + 1), resolve);
    const skipped: Surroundings = { contexts: [], unused: segments.slice(0, i).map(toText), unknown: [] };
    for (const name of peel(words, resolveEnd)) {
      // `Germany, Berlin`; but a street before a town is just not used.
      if (i > 0 && before.unknown.length === 0) readings.push(toReading(name, before, after));
      if (after.unknown.length > 0) readings.push(toReading(name, skipped, inCounties(after)));
      readings.push(toReading(name, skipped, after));
    }
  }
  return readings.toSorted((a, b) => countUnused(a) - countUnused(b));
}

/**
 * The same reading with words left out of its name, as few as possible: a town stands at the end of an address, or
 * at its beginning.
 */
export function shorten(reading: Reading): Reading[] {
  const words = reading.name.split(' ');
  return words.slice(1).flatMap((_, n) =>
    [
      { name: words.slice(n + 1), left: words.slice(0, n + 1) },
      { name: words.slice(0, -n - 1), left: words.slice(-n - 1) },
    ]
      .filter(({ name }) => toText(name).length >= minName)
      .map(({ name, left }) => ({
        ...reading,
        name: toNameKey(toText(name)),
        unused: [...reading.unused, toText(left)],
      })),
  );
}

interface Name extends Pick<Reading, 'contexts' | 'unused'> {
  readonly words: Words;
}

/** The name alone, then without its numbers, then with ever more of its end taken for its surroundings. */
function* peel(words: Words, resolve: Resolve): Generator<Name> {
  yield { words, contexts: [], unused: [] };
  const [named, numbers] = partition(words, hasDigit);
  if (named.length === 0) return;
  if (numbers.length > 0) yield { words: named, contexts: [], unused: numbers };
  let rest = named;
  const contexts: Context[] = [];
  while (contexts.length < maxContexts) {
    const last = lastContext(rest, rest.length - 1, resolve);
    if (!last) return;
    contexts.push(last.context);
    rest = rest.slice(0, -last.words);
    yield { words: rest, contexts: [...contexts], unused: numbers };
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

/** What means nothing by itself, taken for counties, which are known only by the places in them. */
const inCounties = ({ contexts, unused, unknown }: Surroundings): Surroundings => ({
  contexts: [...contexts, ...unknown.map(toCountyContext)],
  unused,
  unknown: [],
});

/** The longest run of at most `most` words at the end that means something as context. */
function lastContext(
  words: Words,
  most: number,
  resolve: Resolve,
): { context: Context; words: number } | undefined {
  for (let length = Math.min(most, maxContextWords); length > 0; length--) {
    const context = resolve(toText(words.slice(-length)));
    if (context) return { context, words: length };
  }
  return undefined;
}

const toReading = (name: Name, ...around: readonly Surroundings[]): Reading => ({
  name: toNameKey(toText(name.words)),
  contexts: [...name.contexts, ...around.flatMap(({ contexts }) => contexts)],
  unused: [...name.unused, ...around.flatMap(({ unused, unknown }) => [...unused, ...unknown])],
});

const toText = (words: Words): string => words.join(' ');
const hasDigit = (word: string): boolean => /\d/.test(word);
const countUnused = ({ unused }: Reading): number => unused.flatMap((part) => part.split(' ')).length;

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

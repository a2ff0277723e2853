import {
  type Admits,
  byBeginning,
  byFirstWords,
  type Candidate,
  exactly,
  inContext,
  nearly,
  toFilter,
} from './candidates.ts';
import type { KeyIndex } from './key-index.ts';
import type { PlaceQuery } from './places.ts';
import { type Ranked, rank } from './rank.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import { type Reading, shorten, toReadings } from './readings.ts';

export interface Findings {
  readonly ranked: readonly Ranked[];
  /** Folded parts of the query that no answer accounts for. */
  readonly unused: readonly string[];
}

/** Searches for misspelt names look at every key, so a query gets only so many of them. */
const maxScans = 4;
/** The shortest beginning of a name that is looked up, unless the name is still being typed. */
const minPrefix = 3;

type Lookup = (reading: Reading, admits: Admits) => Candidate[];

/**
 * Answers by the first reading that finds anything: readings that use the whole query come first, by exact name,
 * then by the beginning, then misspelt; then those that leave something out.
 */
export function findPlaces(gazetteer: Gazetteer, index: KeyIndex, query: PlaceQuery): Findings {
  const filter = toFilter(gazetteer, query);
  const open = query.autocomplete === true;
  let scans = 0;
  const exact: Lookup = (reading, admits) => {
    const found = exactly(index, reading, admits);
    return found.length > 0 ? [...found, ...byFirstWords(index, reading, admits)] : found;
  };
  const prefix: Lookup = (reading, admits) =>
    open || reading.name.length >= minPrefix ? byBeginning(index, reading, admits) : [];
  const typed: Lookup = (reading, admits) => [
    ...exactly(index, reading, admits),
    ...byFirstWords(index, reading, admits),
    ...byBeginning(index, reading, admits),
  ];
  const misspelt: Lookup = (reading, admits) =>
    scans++ < maxScans ? nearly(index, reading, admits, open) : [];

  const readings = toReadings(gazetteer, index, query.text);
  const whole = readings.filter(({ unused }) => unused.length === 0);
  const partial = readings.filter(({ unused }) => unused.length > 0);
  const first = (among: Iterable<Reading>, ...lookups: readonly Lookup[]): Findings | undefined => {
    for (const lookup of lookups) {
      for (const reading of among) {
        const candidates = lookup(reading, inContext(gazetteer, reading.contexts, filter));
        if (candidates.length > 0) {
          return { ranked: rank(gazetteer, query, reading, candidates), unused: reading.unused };
        }
      }
    }
    return undefined;
  };
  return (
    (open ? first(whole, typed) : first(whole, exact, prefix)) ??
    first(whole, misspelt) ??
    first(partial, open ? typed : exact) ??
    first(readings.flatMap(shorten), exact) ??
    first(partial, misspelt) ?? { ranked: [], unused: [] }
  );
}

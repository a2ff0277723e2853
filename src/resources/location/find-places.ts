import {
  type Admits,
  byBeginning,
  byFirstWords,
  type Candidate,
  canBeMisspelt,
  exactly,
  inContext,
  nearly,
  toFilter,
} from './candidates.ts';
import type { KeyIndex } from './key-index.ts';
import type { PlaceQuery } from './places.ts';
import { type Ranked, rank } from './rank.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import { type Reading, shorten, toPlainReading, toReadings } from './readings.ts';

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
  const nothing: Findings = { ranked: [], unused: [] };
  const plain = toPlainReading(query.text);
  if (plain.name === '') return nothing;
  const filter = toFilter(gazetteer, query);
  const first = (among: readonly Reading[], lookup: Lookup): Findings | undefined => {
    for (const reading of among) {
      const candidates = lookup(reading, inContext(gazetteer, reading.contexts, filter));
      if (candidates.length > 0) {
        return { ranked: rank(gazetteer, query, reading, candidates), unused: reading.unused };
      }
    }
    return undefined;
  };
  const { named, begun, misspelt } = toLookups(index, query.autocomplete === true);

  const found = first([plain], named);
  if (found) return found;
  const readings = toReadings(gazetteer, index, query.text);
  const whole = [plain, ...readings.filter(({ unused }) => unused.length === 0)];
  const partial = readings.filter(({ unused }) => unused.length > 0);
  return (
    first(whole, named) ??
    first(whole, begun) ??
    first(whole, misspelt) ??
    first(partial, named) ??
    first(readings.flatMap(shorten), named) ??
    first(partial, misspelt) ??
    nothing
  );
}

/** The ways to look a reading up; `open`: the last word may be unfinished. */
function toLookups(index: KeyIndex, open: boolean): { named: Lookup; begun: Lookup; misspelt: Lookup } {
  let scans = 0;
  const begun: Lookup = (reading, admits) =>
    open || reading.name.length >= minPrefix ? byBeginning(index, reading, admits) : [];
  return {
    named: (reading, admits) => {
      const found = exactly(index, reading, admits);
      if (!open && found.length === 0) return found;
      return [...found, ...byFirstWords(index, reading, admits), ...(open ? begun(reading, admits) : [])];
    },
    begun,
    misspelt: (reading, admits) =>
      canBeMisspelt(reading.name) && scans++ < maxScans ? nearly(index, reading, admits, open) : [],
  };
}

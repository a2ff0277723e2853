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
import { isArea } from './context.ts';
import { Effort } from './effort.ts';
import type { KeyIndex } from './key-index.ts';
import type { PlaceQuery } from './places.ts';
import { type Ranked, rank } from './rank.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import { type Reading, shorten, toPlainReading, toReadings, withoutLastCode } from './readings.ts';

export interface Findings {
  readonly ranked: readonly Ranked[];
  /** How the query was understood. */
  readonly reading: Reading;
}

/** Minimum length of a prefix that is looked up, except for autocomplete. */
const MIN_PREFIX = 3;

/** Minimum importance of a place that is found in the middle of a text. */
const VILLAGE_RANK = 3000;
const TOWN_RANK = 4200;
/** The difference of importance by which a misspelt name precedes a prefix match: a hundred times the population. */
const MUCH_MORE = 2000;

/** Whether the results of a reading are sufficient. */
type Suffices = (ranked: readonly Ranked[], reading: Reading) => boolean;
type Lookup = (reading: Reading, admits: Admits) => Candidate[];

/**
 * Returns the results of the first reading that finds anything. Readings of the whole query come first: by exact name, then
 * by prefix, then misspelt (before the prefix of a small place if a far more important one has a similar name); then
 * readings that leave out as little as possible.
 */
export function findPlaces(gazetteer: Gazetteer, index: KeyIndex, query: PlaceQuery): Findings {
  const plain = toPlainReading(query.text);
  const nothing: Findings = { ranked: [], reading: plain };
  if (plain.name === '') return nothing;
  const filter = toFilter(gazetteer, query);
  const effort = new Effort();
  const first = (
    among: readonly Reading[],
    lookup: Lookup,
    isEnough: Suffices = isAnything,
  ): Findings | undefined => {
    for (const reading of among) {
      const candidates = lookup(reading, inContext(gazetteer, reading.contexts, filter, effort));
      const ranked = candidates.length > 0 ? rank(gazetteer, query, reading, candidates) : [];
      if (isEnough(ranked, reading)) return { ranked, reading };
    }
    return undefined;
  };
  const importanceOf = ([best]: readonly Ranked[]): number =>
    best ? (gazetteer.column.importance[best.record] as number) : 0;
  const isNotable: Suffices = (ranked, { contexts }) =>
    importanceOf(ranked) >= (contexts.length > 0 ? VILLAGE_RANK : TOWN_RANK);
  const open = query.autocomplete === true;
  const { named, begun, misspelt } = toLookups(index, effort, open);

  const found = first([plain], named);
  if (found) return found;
  const readings = toReadings(gazetteer, index, query.text, open);
  const whole = [plain, ...readings.filter(({ unused }) => unused.length === 0)];
  const partial = readings.filter(({ unused }) => unused.length > 0);
  const firstPartial = () => {
    const exact = first(partial, named);
    if (exact && !isArea(gazetteer, exact.ranked[0]?.record ?? 0)) return exact;
    // `12 Long Street, Londn, UK`: a misspelt town is a better result than its country.
    const near = first(exact ? partial.slice(0, partial.indexOf(exact.reading)) : partial, misspelt);
    if (near || !exact) return near;
    // `Piazza del Colosseo 1, Roma RM, Italy`: so is a town before the code of its province.
    return first(readings.flatMap(withoutLastCode), named, isNotable) ?? exact;
  };
  const firstBegunOrMisspelt = () => {
    const beginning = first(whole, begun);
    if (beginning && (open || isNotable(beginning.ranked, beginning.reading))) return beginning;
    // `Ottowa` is a prefix of a suburb's name, but the capital is intended.
    const near = first(whole, misspelt);
    if (!beginning || !near) return beginning ?? near;
    return importanceOf(near.ranked) > importanceOf(beginning.ranked) + MUCH_MORE ? near : beginning;
  };
  return (
    first(whole, named) ??
    firstBegunOrMisspelt() ??
    firstPartial() ??
    first(readings.flatMap(shorten), named, isNotable) ??
    nothing
  );
}

const isAnything: Suffices = (ranked) => ranked.length > 0;

/** The look-ups of a reading; `open`: the last word may be incomplete. */
function toLookups(index: KeyIndex, effort: Effort, open: boolean) {
  const begun: Lookup = (reading, admits) =>
    open || reading.name.length >= MIN_PREFIX || /[^a-z ]/.test(reading.name)
      ? byBeginning(index, reading, admits, effort)
      : [];
  const named: Lookup = (reading, admits) => {
    const found = exactly(index, reading, admits);
    if (!open && found.length === 0) return found;
    return [
      ...found,
      ...byFirstWords(index, reading, admits, effort),
      ...(open ? begun(reading, admits) : []),
    ];
  };
  const misspelt: Lookup = (reading, admits) => nearly(index, reading, admits, effort, open);
  return { named, begun, misspelt };
}

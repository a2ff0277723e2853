import type { Candidate, Manner } from './candidates.ts';
import { isArea } from './context.ts';
import { kmBetween, toPoint } from './geometry.ts';
import type { MatchType, PlaceQuery } from './places.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import type { Reading } from './readings.ts';

export interface Ranked {
  readonly record: number;
  readonly matchType: MatchType;
  /** 0 to 1. */
  readonly confidence: number;
}

/** In orders of magnitude of population: an exact name outweighs a beginning that is 100 times as large. */
const MANNER_BONUS: Readonly<Record<Manner, number>> = {
  exact: 2,
  words: 0.7,
  prefix: 0,
  abroad: -1,
  fuzzy: 0,
};
const EDIT_MALUS = 1.2;
/** A place at the focus outweighs one that is 1,000 times as large and far away. */
const FOCUS_BONUS = 3;
const FOCUS_KM = 100;
/** A country has dozens of names abroad: before one of them is typed out, towns are likelier. */
const AREA_ABROAD_MALUS = 2;
/** `Ontario, CA` is a town rather than a part of Canada. */
const AREA_IN_CONTEXT_MALUS = 0.8;

/** The confidence of a single result by manner; other results of similar weight lower it. */
const CERTAINTY: Readonly<Record<Manner, number>> = {
  exact: 0.97,
  words: 0.85,
  prefix: 0.75,
  abroad: 0.65,
  fuzzy: 0.7,
};
const MATCH_TYPES: Readonly<Record<Manner, MatchType>> = {
  exact: 'exact',
  words: 'prefix',
  prefix: 'prefix',
  abroad: 'prefix',
  fuzzy: 'fuzzy',
};

/** Sorts results, best first: by manner, importance and distance to the focus. */
export function rank(
  gazetteer: Gazetteer,
  query: PlaceQuery,
  reading: Reading,
  candidates: readonly Candidate[],
): Ranked[] {
  const scored = candidates
    .map((candidate) => ({ ...candidate, score: toScore(gazetteer, query, reading, candidate) }))
    .toSorted((a, b) => b.score - a.score || a.record - b.record);
  const distinct = scored.filter(
    ({ record }, n) =>
      scored.findIndex((other) => other.record === record) === n &&
      !isAreaOf(gazetteer, record, scored.slice(0, n)),
  );
  const total = distinct.reduce((sum, { score }) => sum + 10 ** score, 0);
  const isFallback = reading.unused.length > 0;
  return distinct.slice(0, query.limit).map(({ record, manner, edits, score }) => {
    const share = 0.5 + (0.5 * 10 ** score) / total;
    const sure = CERTAINTY[manner] * 0.85 ** Math.max(0, edits - 1) * reading.trust;
    return {
      record,
      matchType: isFallback ? 'fallback' : MATCH_TYPES[manner],
      confidence: Math.round(sure * share * 100) / 100,
    };
  });
}

function toScore(
  gazetteer: Gazetteer,
  { focus }: PlaceQuery,
  { contexts }: Reading,
  { record, manner, edits }: Candidate,
): number {
  let sum =
    (gazetteer.column.importance[record] as number) / 1000 + MANNER_BONUS[manner] - edits * EDIT_MALUS;
  if (isArea(gazetteer, record)) {
    if (manner === 'abroad') sum -= AREA_ABROAD_MALUS;
    if (contexts.length > 0) sum -= AREA_IN_CONTEXT_MALUS;
  }
  if (focus) sum += FOCUS_BONUS * Math.exp(-kmBetween(focus, toPoint(gazetteer, record)) / FOCUS_KM);
  return sum;
}

/** A region or country with the name of a higher-ranked place in it (Oslo, New York) is redundant. */
function isAreaOf(gazetteer: Gazetteer, area: number, above: readonly { record: number }[]): boolean {
  if (!isArea(gazetteer, area)) return false;
  const { column } = gazetteer;
  return above.some(({ record }) => {
    if (isArea(gazetteer, record) || column.country[record] !== column.country[area]) return false;
    const regionRecord = column.regionRecord[column.region[record] as number];
    const countryRecord = column.countryRecord[column.country[record] as number];
    return area === regionRecord || area === countryRecord;
  });
}

import { foldText } from '../fold.ts';
import type { FoundPlace, MatchType, PlaceQuery } from '../places.ts';

/** The confidence of each match type, because the scores of engines are not comparable. */
const CERTAINTY: Readonly<Record<MatchType, number>> = {
  exact: 0.9,
  prefix: 0.75,
  fuzzy: 0.6,
  fallback: 0.4,
};
const LESS_BY_RANK = 0.05;
const MIN_CONFIDENCE = 0.1;

/** Derives the match type of a place from its names, because upstream engines do not return it. */
export function toMatch(
  { text }: PlaceQuery,
  names: readonly (string | undefined)[],
  rank: number,
): Pick<FoundPlace, 'matchType' | 'confidence'> {
  const [first = '', ...rest] = text.split(',').map(foldText);
  const own = names.filter((name) => name !== undefined).map(foldText);
  const matchType = toMatchType(first, rest, own);
  const confidence = Math.max(MIN_CONFIDENCE, CERTAINTY[matchType] - rank * LESS_BY_RANK);
  return { matchType, confidence: Math.round(confidence * 100) / 100 };
}

function toMatchType(first: string, rest: readonly string[], names: readonly string[]): MatchType {
  if (names.some((name) => name === first)) return 'exact';
  if (names.some((name) => name.startsWith(first))) return 'prefix';
  // `1 Long Street, Oslo` answered by Oslo.
  if (names.some((name) => rest.includes(name))) return 'fallback';
  return 'fuzzy';
}

import { type Context, isIn } from './context.ts';
import { COST, type Effort } from './effort.ts';
import { isWithin, toPoint } from './geometry.ts';
import type { KeyIndex, KeyRange } from './key-index.ts';
import type { PlaceQuery } from './places.ts';
import type { Gazetteer } from './read-gazetteer.ts';
import type { Reading } from './readings.ts';

/**
 * How a record's key matches a name. `words`: the name is the first words of the key; `abroad`: it begins a name that the
 * place has in other languages, or had.
 */
export type Manner = 'exact' | 'words' | 'prefix' | 'abroad' | 'fuzzy';

export interface Candidate {
  readonly record: number;
  readonly manner: Manner;
  /** The number of different letters. */
  readonly edits: number;
}

/** Whether a record can be a result. */
export type Admits = (record: number) => boolean;

/** Maximum number of records per manner that are ranked, most important first. */
const MAX_CANDIDATES = 64;

/** The conditions of the query for every result. */
export function toFilter(gazetteer: Gazetteer, query: PlaceQuery): Admits {
  const { countries, box } = query;
  if (!countries && !box) return () => true;
  const admitted = countries && new Set(countries.map((code) => gazetteer.countries.indexOf(code)));
  return (record) =>
    (!admitted || admitted.has(gazetteer.column.country[record] as number)) &&
    (!box || isWithin(box, toPoint(gazetteer, record)));
}

/** The filter, and the condition that a record lies in the context of the name. */
export function inContext(
  gazetteer: Gazetteer,
  contexts: readonly Context[],
  admits: Admits,
  effort: Effort,
): Admits {
  if (contexts.length === 0) return admits;
  return (record) =>
    admits(record) &&
    contexts.every((context) => effort.spend(COST.comparison) && isIn(gazetteer, record, context));
}

export function exactly(index: KeyIndex, { name }: Reading, admits: Admits): Candidate[] {
  const candidates: Candidate[] = [];
  for (const record of index.exactly(name)) {
    if (admits(record)) candidates.push({ record, manner: 'exact', edits: 0 });
    if (candidates.length === MAX_CANDIDATES) break;
  }
  return candidates;
}

/** Keys of which the name is the first words: `frankfurt` → `frankfurt am main`. */
export const byFirstWords = (
  index: KeyIndex,
  { name }: Reading,
  admits: Admits,
  effort: Effort,
): Candidate[] => mostImportant(index, index.beginningWith(`${name} `), 'words', admits, effort);

/** Keys that begin with the name: `san fran` → `san francisco`. */
export const byBeginning = (
  index: KeyIndex,
  { name }: Reading,
  admits: Admits,
  effort: Effort,
): Candidate[] => mostImportant(index, index.beginningWith(name), 'prefix', admits, effort);

/** How many letters of a name may be wrong; fewer if a part of the query is unused, because that may be a street. */
const maxEdits = ({ name, unused }: Reading): number =>
  name.length < 4 ? 0 : name.length < 8 || unused.length > 0 ? 1 : 2;

/** Misspelt names: only the most similar keys, so that `Londn` finds only London. */
export function nearly(
  index: KeyIndex,
  reading: Reading,
  admits: Admits,
  effort: Effort,
  open: boolean,
): Candidate[] {
  const { name } = reading;
  const most = maxEdits(reading);
  // Numbers are not matched with errors.
  if (most === 0 || /\d/.test(name) || !effort.spend(COST.scan)) return [];
  const best = new Map<number, number>();
  index.nearly(name, most, open, (key, edits) => {
    for (const record of index.records(key)) {
      if (!effort.spend(COST.glance)) return;
      if (edits < (best.get(record) ?? most + 1) && admits(record)) best.set(record, edits);
    }
  });
  return [...best]
    .map(([record, edits]) => ({ record, edits, manner: 'fuzzy' as const }))
    .toSorted((a, b) => a.edits - b.edits || a.record - b.record)
    .slice(0, MAX_CANDIDATES);
}

/** Records are numbered by importance, so the lowest numbers are kept. */
function mostImportant(
  index: KeyIndex,
  range: KeyRange,
  manner: Manner,
  admits: Admits,
  effort: Effort,
): Candidate[] {
  const kept: Candidate[] = [];
  for (let key = range.start; key < range.end && effort.spend(COST.glance); key++) {
    const isFull = kept.length === MAX_CANDIDATES;
    if (isFull && index.chief(key) > (kept.at(-1) as Candidate).record) continue;
    for (const [n, record] of index.records(key).entries()) {
      if (!effort.spend(COST.glance)) break;
      if (!admits(record)) continue;
      insert(kept, { record, manner: index.isForeign(key, n) ? 'abroad' : manner, edits: 0 });
      if (kept.length > MAX_CANDIDATES) kept.pop();
    }
  }
  return kept;
}

function insert(sorted: Candidate[], candidate: Candidate): void {
  let at = sorted.length;
  while (at > 0 && (sorted[at - 1] as Candidate).record > candidate.record) at--;
  sorted.splice(at, 0, candidate);
}

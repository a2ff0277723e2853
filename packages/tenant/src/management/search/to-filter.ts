import type { Comparison, Search } from './parse-search.ts';
import { isSearchable, type SearchFields } from './search-fields.ts';
import { type Bound, type Range, SearchError } from './search-tokens.ts';

type Filter = (document: object) => boolean;
type Scalar = string | number | boolean;
type ScalarTest = (value: Scalar) => boolean;

const DATE_PATTERN = /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?Z?)?)?)?$/;

/** Compiles a search to a filter. Throws `SearchError` for an unsupported field or comparison. */
export function toFilter(search: Search, fields: SearchFields): Filter {
  if (search.kind === 'not') {
    const matches = toFilter(search.part, fields);
    return (document) => !matches(document);
  }
  if (search.kind !== 'compare') {
    const parts = search.parts.map((part) => toFilter(part, fields));
    if (search.kind === 'and') return (document) => parts.every((matches) => matches(document));
    return (document) => parts.some((matches) => matches(document));
  }
  const { field, comparison } = search;
  const filters = (field === undefined ? fields.naming : [field]).map((name) =>
    toFieldFilter(name, comparison, fields),
  );
  return (document) => filters.some((matches) => matches(document));
}

function toFieldFilter(field: string, comparison: Comparison, fields: SearchFields): Filter {
  const { kind } = comparison;
  if (!isSearchable(fields, field)) throw new SearchError(`${field} cannot be searched`);
  if (fields.isPlain(field) && (kind === 'wildcard' || kind === 'range'))
    throw new SearchError(`${field} does not support a ${kind}`);
  const test = toScalarTest(field, comparison, fields);
  return (document) => scalarsAt(document, field).some(test);
}

function toScalarTest(field: string, comparison: Comparison, fields: SearchFields): ScalarTest {
  const fold = (text: string): string => (fields.ignoringCase.has(field) ? text.toLowerCase() : text);
  const asText = (value: Scalar): string => fold(String(value));
  if (comparison.kind === 'exists') return () => true;
  if (comparison.kind === 'range') return toRangeTest(field, comparison.range, fields);
  if (comparison.kind === 'wildcard') {
    const pieces = fold(comparison.pattern).split('*');
    return (value) => fits(asText(value), pieces);
  }
  const text = fold(comparison.text);
  if (fields.dates.has(field)) return (value) => asText(value).startsWith(text.replace(/Z$/, ''));
  return (value) => asText(value) === text;
}

/** Whether the text consists of the pieces in order, starting with the first and ending with the last. */
function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const isLong = text.length >= first.length + last.length;
  if (!isLong || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

function toRangeTest(field: string, { from, to }: Range, fields: SearchFields): ScalarTest {
  const compare = toOrder(field, [from, to], fields);
  return (value) => {
    const low = from ? compare(value, from.value) : 1;
    const high = to ? compare(value, to.value) : -1;
    const isAbove = low > 0 || (low === 0 && from?.inclusive === true);
    return isAbove && (high < 0 || (high === 0 && to?.inclusive === true));
  };
}

type Order = (value: Scalar, limit: string) => number;

/** Dates are compared at the precision of the bound: `TO 2024-01-31]` includes that whole day. */
function toOrder(field: string, bounds: readonly (Bound | undefined)[], fields: SearchFields): Order {
  const limits = bounds.flatMap((bound) => (bound ? [bound.value] : []));
  if (fields.numbers.has(field)) {
    if (!limits.every((limit) => /^\d+$/.test(limit))) throw new SearchError(`${field} is a number`);
    return (value, limit) => Number(value) - Number(limit);
  }
  const isDate = fields.dates.has(field);
  if (isDate && !limits.every((limit) => DATE_PATTERN.test(limit)))
    throw new SearchError(`${field} is a date`);
  const fold = (text: string): string => (fields.ignoringCase.has(field) ? text.toLowerCase() : text);
  return (value, limit) => {
    const text = fold(String(value));
    const edge = isDate ? limit.replace(/Z$/, '') : fold(limit);
    if (text === edge || (isDate && text.startsWith(edge))) return 0;
    return text < edge ? -1 : 1;
  };
}

/** The scalars at a path; a member whose name is the whole path comes first. */
function scalarsAt(document: object, path: string): Scalar[] {
  if (Object.hasOwn(document, path)) return listed(memberOf(document, path)).filter(isScalar);
  let reached: unknown[] = [document];
  for (const name of path.split('.')) reached = reached.flatMap((value) => listed(memberOf(value, name)));
  return reached.filter(isScalar);
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

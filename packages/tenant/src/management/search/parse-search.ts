import { type Range, SearchError, type SearchToken, toSearchTokens } from './search-tokens.ts';

/** The comparison of a field. */
export type Comparison =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly pattern: string }
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'exists' };

export type Search =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Search[] }
  | { readonly kind: 'not'; readonly part: Search }
  /** Without a field: matches any default field. */
  | { readonly kind: 'compare'; readonly field: string | undefined; readonly comparison: Comparison };

const MAX_DEPTH = 20;
const MAX_TOKENS = 500;
/** The minimum length of the rest of a pattern that begins with `*`. */
const MIN_SUFFIX = 3;

/**
 * Parses a search in the subset of Lucene's syntax that Auth0's user search supports: `field:value`, quotes, `*`,
 * ranges, `_exists_`, AND, OR, NOT and parentheses; adjacent terms are alternatives. Throws `SearchError`.
 */
export function parseSearch(text: string): Search {
  const tokens = toSearchTokens(text);
  if (tokens.length === 0) throw new SearchError('the query is empty');
  if (tokens.length > MAX_TOKENS) throw new SearchError('the query has too many terms');
  const reader = createReader(tokens);
  const search = readAlternatives(reader, undefined, 0);
  if (reader.peek()) throw new SearchError(`unexpected ${describe(reader.peek())}`);
  return search;
}

interface Reader {
  peek(): SearchToken | undefined;
  next(): SearchToken | undefined;
}

function createReader(tokens: readonly SearchToken[]): Reader {
  let at = 0;
  return { peek: () => tokens[at], next: () => tokens[at++] };
}

const describe = (token: SearchToken | undefined): string => {
  if (!token) return 'end of the query';
  return 'text' in token ? JSON.stringify(token.text) : token.kind.toUpperCase();
};

const endsGroup = (token: SearchToken | undefined): boolean => token === undefined || token.kind === 'close';

function readAlternatives(reader: Reader, field: string | undefined, depth: number): Search {
  if (depth > MAX_DEPTH) throw new SearchError('the query is nested too deeply');
  const parts = [readConjunction(reader, field, depth)];
  while (!endsGroup(reader.peek())) {
    if (reader.peek()?.kind === 'or') reader.next();
    parts.push(readConjunction(reader, field, depth));
  }
  return joined('or', parts);
}

function readConjunction(reader: Reader, field: string | undefined, depth: number): Search {
  const parts = [readTerm(reader, field, depth)];
  // In Lucene, `a NOT b` means `a AND NOT b`.
  while (reader.peek()?.kind === 'and' || reader.peek()?.kind === 'not') {
    if (reader.peek()?.kind === 'and') reader.next();
    parts.push(readTerm(reader, field, depth));
  }
  return joined('and', parts);
}

const joined = (kind: 'and' | 'or', parts: readonly [Search, ...Search[]] | Search[]): Search =>
  parts.length === 1 && parts[0] ? parts[0] : { kind, parts };

function readTerm(reader: Reader, field: string | undefined, depth: number): Search {
  if (depth > MAX_DEPTH) throw new SearchError('the query is nested too deeply');
  const token = reader.next();
  if (token?.kind === 'not') return { kind: 'not', part: readTerm(reader, field, depth + 1) };
  if (token?.kind === 'open') {
    const inner = readAlternatives(reader, field, depth + 1);
    if (reader.next()?.kind !== 'close') throw new SearchError('a parenthesis is not closed');
    return inner;
  }
  if (token?.kind === 'field') {
    if (field !== undefined) throw new SearchError(`unexpected field ${token.name}`);
    return token.name === '_exists_' ? readExists(reader) : readTerm(reader, token.name, depth + 1);
  }
  return { kind: 'compare', field, comparison: toComparison(token, field) };
}

function readExists(reader: Reader): Search {
  const token = reader.next();
  if (token?.kind !== 'word' && token?.kind !== 'quoted') throw new SearchError('_exists_ needs a field');
  return { kind: 'compare', field: token.text, comparison: { kind: 'exists' } };
}

function toComparison(token: SearchToken | undefined, field: string | undefined): Comparison {
  if (token?.kind === 'quoted') return { kind: 'text', text: token.text };
  if (token?.kind === 'range' && field !== undefined) return token;
  if (token?.kind !== 'word') throw new SearchError(`unexpected ${describe(token)}`);
  if (!token.wildcard) return { kind: 'text', text: token.text };
  if (/^\*+$/.test(token.text)) return { kind: 'exists' };
  const literals = token.text.replaceAll('*', '').length;
  if (token.text.startsWith('*') && literals < MIN_SUFFIX)
    throw new SearchError(`a term that begins with * needs ${MIN_SUFFIX} characters`);
  return { kind: 'wildcard', pattern: token.text };
}

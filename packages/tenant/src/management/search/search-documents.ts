import { invalidQuery, managementError } from '../management-error.ts';
import { parseSearch } from './parse-search.ts';
import type { SearchFields } from './search-fields.ts';
import { SearchError } from './search-tokens.ts';
import { toFilter } from './to-filter.ts';

const MAX_LENGTH = 4096;

/**
 * Parses a `q` into a filter of documents; an absent or blank one matches all. Throws 400 `invalid_query_string` for an
 * invalid query, 414 for one that is too long.
 */
export function parseDocumentSearch(
  q: string | undefined,
  fields: SearchFields,
): (document: object) => boolean {
  if (q === undefined || q.trim() === '') return () => true;
  if (q.length > MAX_LENGTH) throw managementError(414, 'The search query is too long.');
  try {
    return toFilter(parseSearch(q), fields);
  } catch (error) {
    if (error instanceof SearchError) throw invalidQuery(`'${error.message}' on property q`);
    throw error;
  }
}

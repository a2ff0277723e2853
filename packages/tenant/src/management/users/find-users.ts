import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { User } from '../../state/user-documents.ts';
import { fieldsQuery } from '../fields.ts';
import { flag, pageQuery } from '../list-reply.ts';
import { managementError } from '../management-error.ts';
import { parseDocumentSearch } from '../search/search-documents.ts';
import { sortDocuments, sortQuery } from '../search/sort-documents.ts';
import { USER_SEARCH_FIELDS } from './user-search-fields.ts';

/** Auth0's limit of offset pagination. */
const MAX_RECORDS = 1000;

export const findUsersQuery = z.object({
  ...pageQuery,
  ...fieldsQuery,
  q: z.string().optional(),
  search_engine: z.enum(['v1', 'v2', 'v3']).optional(),
  connection: z.string().optional(),
  sort: sortQuery,
  primary_order: flag.optional(),
});
type FindUsersQuery = z.output<typeof findUsersQuery>;

/**
 * The users that a query selects, in its order. Throws the errors of `parseDocumentSearch`, and 400 `invalid_paging`
 * beyond the first 1,000 users.
 */
export function findUsers(
  { state }: Pick<TenantContext, 'state'>,
  { q, connection, sort, page = 0, per_page = 50 }: FindUsersQuery,
): readonly User[] {
  if (page > 0 && page * per_page >= MAX_RECORDS)
    throw managementError(400, `You can only page through the first ${MAX_RECORDS} records.`, {
      errorCode: 'invalid_paging',
    });
  const matches = parseDocumentSearch(q, USER_SEARCH_FIELDS);
  const isThere = ({ identities }: User): boolean =>
    connection === undefined || identities.some((identity) => identity.connection === connection);
  const found = state.users.list().filter((user) => isThere(user) && matches(withDomain(user)));
  return sortDocuments(found, sort);
}

/** The searchable form of a user, with `email.domain` in addition to `email`. */
const withDomain = (user: User): object => ({ ...user, 'email.domain': user.email?.split('@').at(-1) });

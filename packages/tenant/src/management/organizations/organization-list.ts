import { z } from 'zod';
import type { TenantReply } from '../../wire/row.ts';
import { checkpointQuery, type List, listReply, type Paging, pageQuery } from '../list-reply.ts';
import { managementError } from '../management-error.ts';

/** The last row that pages can reach. */
const LAST_ROW = 1000;

/** Query parameters of lists of organizations and of their sub-resources. */
export const organizationPaging = { ...pageQuery, ...checkpointQuery };

/** The parameters of a list without checkpoint pagination. */
export const pageOnly = z.object(pageQuery);

/**
 * A list of this family: with totals, `{<name>, start, limit, total}`. Throws 400 `invalid_paging` for a page beyond the
 * thousandth row; checkpoints reach all of them.
 */
export function organizationList<T>(list: List<T>, query: Paging): TenantReply {
  const { page = 0, per_page = 50, take, from, include_totals } = query;
  if (take !== undefined || from !== undefined) return listReply(list, { take, from });
  const start = page * per_page;
  if (start + per_page > LAST_ROW)
    throw managementError(
      400,
      'Requesting page exceeds the allowed maximum of 1000 records. Please use checkpoint pagination.',
      { errorCode: 'invalid_paging' },
    );
  const shown = list.items.slice(start, start + per_page).map(list.show);
  if (include_totals !== true) return { status: 200, body: shown };
  return {
    status: 200,
    body: { [list.name]: shown, start, limit: per_page, total: list.items.length },
  };
}

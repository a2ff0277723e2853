import type { MakeRows } from './management-row.ts';
import { userRows } from './users/user-rows.ts';

/** Every call of the Management API. Of two paths that both fit, the first answers. */
export const managementRows: MakeRows = (context) => [...userRows(context)];

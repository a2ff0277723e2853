import { z } from 'zod';
import type { TenantReply } from '../wire/row.ts';

const MAX_PER_PAGE = 100;
const DEFAULT_PER_PAGE = 50;

/** An integer query parameter. */
export const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'Expected type integer but found type string')
    .transform(Number)
    .refine((value) => value <= max, `Value is greater than maximum ${max}`);

/** A boolean query parameter. */
export const flag = z
  .enum(['true', 'false'], 'Expected type boolean but found type string')
  .transform((value) => value === 'true');

/** Query parameters of offset pagination. */
export const pageQuery = {
  page: wholeNumber(1_000_000).optional(),
  per_page: wholeNumber(MAX_PER_PAGE).optional(),
  include_totals: flag.optional(),
};

/** Query parameters of checkpoint pagination. */
export const checkpointQuery = {
  from: z.string().max(1000).optional(),
  take: wholeNumber(MAX_PER_PAGE).optional(),
};

/** The pagination parameters: either kind, or both if the resource supports both. */
export interface Paging {
  readonly page?: number | undefined;
  readonly per_page?: number | undefined;
  readonly include_totals?: boolean | undefined;
  readonly from?: string | undefined;
  readonly take?: number | undefined;
}

export interface List<T> {
  /** Name of the member with the entries. */
  readonly name: string;
  readonly items: readonly T[];
  readonly idOf: (item: T) => string;
  readonly show: (item: T) => unknown;
}

/**
 * A page of a list. With `from` or `take`: `{next?, <name>}`, ordered by id, so that concurrent inserts and deletes do
 * not shift entries. Otherwise a bare array or, with `include_totals`, `{start, limit, length, total, <name>}`. Empty
 * past the end.
 */
export function listReply<T>(list: List<T>, query: Paging): TenantReply {
  const checked = query.from !== undefined || query.take !== undefined;
  return { status: 200, body: checked ? fromCheckpoint(list, query) : byPage(list, query) };
}

/** A page of a list that supports only checkpoint pagination. */
export const checkpointReply = <T>(
  list: List<T>,
  { from, take }: Pick<Paging, 'from' | 'take'>,
): TenantReply => ({ status: 200, body: fromCheckpoint(list, { from, take }) });

function byPage<T>({ name, items, show }: List<T>, query: Paging): object {
  const { page = 0, per_page: limit = DEFAULT_PER_PAGE } = query;
  const start = page * limit;
  const shown = items.slice(start, start + limit).map(show);
  if (query.include_totals !== true) return shown;
  return { start, limit, length: shown.length, total: items.length, [name]: shown };
}

function fromCheckpoint<T>({ name, items, show, idOf }: List<T>, query: Paging): object {
  const { from, take = DEFAULT_PER_PAGE } = query;
  const after = from === undefined ? '' : Buffer.from(from, 'base64url').toString();
  const rest = items
    .map((item) => ({ id: idOf(item), item }))
    .filter(({ id }) => id > after)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const shown = rest.slice(0, take);
  const last = shown.at(-1)?.id;
  const next =
    last !== undefined && rest.length > shown.length ? Buffer.from(last).toString('base64url') : undefined;
  return { ...(next !== undefined && { next }), [name]: shown.map(({ item }) => show(item)) };
}

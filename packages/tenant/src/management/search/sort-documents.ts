import { z } from 'zod';

/** `field:1` for ascending or `field:-1` for descending order. */
export const sortQuery = z
  .string()
  .regex(/^[\w.]{1,100}:-?1$/, 'Expected <field>:<1|-1>')
  .optional();

/** Documents in the order of `sort`; documents without the field come first; the sort is stable. */
export function sortDocuments<T extends object>(
  documents: readonly T[],
  sort: string | undefined,
): readonly T[] {
  if (sort === undefined) return documents;
  const [field = '', direction] = sort.split(':');
  const sign = direction === '-1' ? -1 : 1;
  return documents
    .map((document) => ({ document, key: toKey(Reflect.get(document, field)) }))
    .toSorted((a, b) => sign * compare(a.key, b.key))
    .map(({ document }) => document);
}

type Key = readonly [isNumber: number, value: string | number];

function toKey(value: unknown): Key {
  if (typeof value === 'number') return [1, value];
  if (typeof value === 'boolean') return [1, Number(value)];
  return [0, typeof value === 'string' ? value : ''];
}

function compare([aKind, a]: Key, [bKind, b]: Key): number {
  if (aKind !== bKind) return aKind - bKind;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

import { z } from 'zod';
import { flag } from './list-reply.ts';

/** The query that says which members of an answer are wanted. */
export const fieldsQuery = {
  /** Names, separated by commas. */
  fields: z.string().max(2000).optional(),
  /** Whether `fields` are those wanted, or those left out. */
  include_fields: flag.optional(),
};

export interface Fields {
  readonly fields?: string | undefined;
  readonly include_fields?: boolean | undefined;
}

/** Keeps, or leaves out, the members that a query names; all stay where it names none. */
export function pickFields(value: object, { fields, include_fields = true }: Fields): object {
  if (fields === undefined || fields === '') return value;
  const named = new Set(fields.split(',').map((name) => name.trim()));
  return Object.fromEntries(Object.entries(value).filter(([name]) => named.has(name) === include_fields));
}

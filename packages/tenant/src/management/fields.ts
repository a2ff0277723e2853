import { z } from 'zod';
import { flag } from './list-reply.ts';

/** The query parameters that select the members of a response. */
export const fieldsQuery = {
  /** Names, separated by commas. */
  fields: z.string().max(2000).optional(),
  /** Whether `fields` are included or excluded. Default: included. */
  include_fields: flag.optional(),
};

export interface Fields {
  readonly fields?: string | undefined;
  readonly include_fields?: boolean | undefined;
}

/** Includes or excludes the members that the query names; without names, all members stay. */
export function pickFields(value: object, { fields, include_fields = true }: Fields): object {
  if (fields === undefined || fields === '') return value;
  const named = new Set(fields.split(',').map((name) => name.trim()));
  return Object.fromEntries(Object.entries(value).filter(([name]) => named.has(name) === include_fields));
}

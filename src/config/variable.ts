import { z } from 'zod';

/** Values as text, before parsing: what was given, else the defaults. */
export type RawValues = Readonly<Record<string, string | undefined>>;

/** One environment variable: a row of `variables`. */
export interface Variable {
  /** One line of meaning, for `.env.example` and the documentation. */
  readonly about: string;
  readonly value: z.ZodType<unknown, string>;
  /** Never shown: not in faults, not in warnings, not in `config print`. */
  readonly isSecret?: true;
  /** A text of lines, such as PEM: line breaks around it mean nothing. */
  readonly hasLines?: true;
  /** The default as it would be written, or how it follows from other variables. Absent: none. */
  readonly default?: string | ((given: RawValues) => string | undefined);
  /** Words for a default that cannot be written as a value. */
  readonly defaultText?: string;
}

/**
 * A schema from a total function: `parse` answers undefined for what is not acceptable, and the fault then
 * says `wanted`, which may look at the value to propose a better one.
 */
export function valueOf<T>(
  wanted: string | ((value: string) => string),
  parse: (value: string) => T | undefined,
): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: typeof wanted === 'string' ? wanted : wanted(value) });
    return z.NEVER;
  });
}

/** A comma list of at least one item, spaces around items cut, doubles dropped; one bad item refuses it all. */
export const listOf = <T>(
  wanted: string,
  parse: (item: string) => T | undefined,
): z.ZodType<NonEmpty<T>, string> =>
  valueOf(wanted, (value) => {
    const items = value.split(',').map((item) => parse(item.trim()));
    // Even an empty text splits into one item.
    return items.every((item) => item !== undefined) ? ([...new Set(items)] as [T, ...T[]]) : undefined;
  });

type NonEmpty<T> = readonly [T, ...T[]];

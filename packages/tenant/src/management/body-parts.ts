import { z } from 'zod';

/** A string of at most `max` characters. */
export const text = (max: number, min = 0) =>
  z.string().min(min, `String is too short, minimum ${min}`).max(max, `String is too long, maximum ${max}`);

export const texts = z.array(text(2048)).max(1000, 'Array is too long, maximum 1000');

export const seconds = (max: number) =>
  z
    .int('Expected type integer')
    .min(0, 'Value is less than minimum 0')
    .max(max, `Value is greater than maximum ${max}`);

/** One of the values. */
export const oneOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.enum(values, { error: ({ input }) => `No enum match for: ${String(input)}` });

/** Several members with the same schema. */
export function each<N extends string, S extends z.ZodType>(schema: S, names: readonly N[]): Record<N, S> {
  // Every name gets the schema, which the type of `fromEntries` does not express.
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>;
}

/** Metadata of clients and connections: up to ten strings; null removes an entry. */
export const metadata = z
  .record(text(255, 1), text(255).nullable())
  .refine((value) => Object.keys(value).length <= 10, 'Too many properties defined, maximum 10');

type Optional<S> = { [N in keyof S]: S[N] extends z.ZodType ? z.ZodOptional<S[N]> : never };

/** The same members, all optional. */
export const optional = <S extends Record<string, z.ZodType>>(shape: S): Optional<S> =>
  // Every member becomes optional, which the type of `fromEntries` does not express.
  Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])) as Optional<S>;

/** The named members, nullable. */
export const nullable = <S extends Record<string, z.ZodType>, N extends keyof S & string>(
  shape: S,
  names: readonly N[],
): { [M in N]: z.ZodOptional<z.ZodNullable<S[M]>> } =>
  Object.fromEntries(names.map((name) => [name, shape[name]?.nullish()])) as {
    [M in N]: z.ZodOptional<z.ZodNullable<S[M]>>;
  };

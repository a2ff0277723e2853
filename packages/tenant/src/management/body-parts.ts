import { z } from 'zod';

/** A text of a body, of at most that many characters. */
export const text = (max: number, min = 0) =>
  z.string().min(min, `String is too short, minimum ${min}`).max(max, `String is too long, maximum ${max}`);

export const texts = z.array(text(2048)).max(1000, 'Array is too long, maximum 1000');

export const seconds = (max: number) =>
  z
    .int('Expected type integer')
    .min(0, 'Value is less than minimum 0')
    .max(max, `Value is greater than maximum ${max}`);

/** One of these. */
export const oneOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.enum(values, { error: ({ input }) => `No enum match for: ${String(input)}` });

/** Several members of one kind. */
export function each<N extends string, S extends z.ZodType>(schema: S, names: readonly N[]): Record<N, S> {
  // Each of the names is given the schema, which `fromEntries` does not say.
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<N, S>;
}

/** Metadata of clients and connections: up to ten texts; null takes one out. */
export const metadata = z
  .record(text(255, 1), text(255).nullable())
  .refine((value) => Object.keys(value).length <= 10, 'Too many properties defined, maximum 10');

type Optional<S> = { [N in keyof S]: S[N] extends z.ZodType ? z.ZodOptional<S[N]> : never };

/** The same members, none of them needed. */
export const optional = <S extends Record<string, z.ZodType>>(shape: S): Optional<S> =>
  // Each member is made optional, which `fromEntries` does not say.
  Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()])) as Optional<S>;

/** Those of the members, which may be null too. */
export const nullable = <S extends Record<string, z.ZodType>, N extends keyof S & string>(
  shape: S,
  names: readonly N[],
): { [M in N]: z.ZodOptional<z.ZodNullable<S[M]>> } =>
  Object.fromEntries(names.map((name) => [name, shape[name]?.nullish()])) as {
    [M in N]: z.ZodOptional<z.ZodNullable<S[M]>>;
  };

import type { z } from 'zod';

/** The members that may be left out. */
type OptionalKeys<T> = {
  [K in keyof T]-?: Pick<T, K> extends Required<Pick<T, K>> ? never : K;
}[keyof T];

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * Takes a schema as that of the document `T`. It does not compile where the schema lacks a member of `T`, has one too
 * many, or takes one for optional that is not: what the state learns to keep, exports have to learn too.
 */
export const describe =
  <T>() =>
  <S extends z.ZodType<T>>(
    schema: Same<keyof T, keyof z.output<S>> extends true
      ? Same<OptionalKeys<T>, OptionalKeys<z.output<S>>> extends true
        ? S
        : never
      : never,
  ): S =>
    schema;

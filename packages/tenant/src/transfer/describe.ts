import type { z } from 'zod';

/** The optional members. */
type OptionalKeys<T> = {
  [K in keyof T]-?: Pick<T, K> extends Required<Pick<T, K>> ? never : K;
}[keyof T];

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * Ties a schema to the document type `T`. It does not compile if the schema lacks a member of `T`, has an additional
 * one, or makes a required one optional, so that exports cannot miss a member of the state.
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

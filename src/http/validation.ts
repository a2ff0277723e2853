import type { z } from 'zod';
import { type FieldError, GatewayError } from '../errors.ts';

const toPath = (path: readonly PropertyKey[]): string =>
  path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('.');

const MAX_ERRORS = 20;

function toFieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.slice(0, MAX_ERRORS).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, MAX_ERRORS).map((key) => ({
          path: toPath([...issue.path, key]).slice(0, 100),
          message: 'is not known here',
        }))
      : [{ path: toPath(issue.path), message: issue.message }],
  );
}

/**
 * Parses what a caller sent by a row's schema.
 * @throws GatewayError `validation_failed` with one entry a fault; what was sent is never repeated
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (!result.success) {
    throw new GatewayError('validation_failed', { errors: toFieldErrors(result.error.issues) });
  }
  return result.data;
}

/**
 * A raw query as an object: a name given once is a string, given again an array, which no schema of
 * ours takes.
 */
export function toQueryObject(query: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = Object.create(null);
  if (query === '') return found;
  for (const [name, value] of new URLSearchParams(query)) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else found[name] = [...(Array.isArray(before) ? before : [before]), value];
  }
  return found;
}

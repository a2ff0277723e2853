import type { z } from 'zod';
import { type FieldError, GatewayError } from '../errors.ts';
import { toFaultSentence } from './fault-sentences.ts';

const MAX_ERRORS = 20;
const MAX_PATH = 100;

const toPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : String(part)))
    .join('.')
    .slice(0, MAX_PATH);

function toFieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues
    .slice(0, MAX_ERRORS)
    .flatMap(({ message, path, ...issue }) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, MAX_ERRORS).map((key) => ({ path: toPath([...path, key]), message }))
        : [{ path: toPath(path), message }],
    );
}

/**
 * Parses what a caller sent by a row's schema.
 * @throws GatewayError `validation_failed` with one entry a fault; what was sent is never repeated
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // A sentence that the schema itself gives comes before ours.
  const result = schema.safeParse(input, { error: toFaultSentence });
  if (!result.success) {
    throw new GatewayError('validation_failed', { errors: toFieldErrors(result.error.issues) });
  }
  return result.data;
}

import type { z } from 'zod';
import { type FieldError, GatewayError } from '../errors.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const UNIT_NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

function toBound(least: 'at least' | 'at most', bound: number | bigint, origin: string): string {
  const unit = UNIT_NAMES[origin];
  if (!unit) return `must be ${least} ${bound}`;
  return `must have ${least} ${bound} ${Number(bound) === 1 ? unit[0] : unit[1]}`;
}

/** Describes the fault of a value in a short sentence. Replaces zod's messages in answers, and never repeats the input. */
function toFaultSentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${TYPE_NAMES[issue.expected] ?? 'of another type'}`;
    case 'too_small':
      return toBound('at least', issue.minimum, issue.origin);
    case 'too_big':
      return toBound('at most', issue.maximum, issue.origin);
    case 'invalid_format':
      return issue.format === 'regex' ? 'is not well formed' : `is not a well-formed ${issue.format}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_key':
      // A fault of a member's name, described before.
      return issue.issues[0]?.message ?? 'has a name that is not allowed';
    default:
      return 'is not valid';
  }
}

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
 * Parses a caller's input with a row's schema.
 * @throws GatewayError `validation_failed` with one entry per fault, without the input
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  // Messages of the schema itself take precedence.
  const result = schema.safeParse(input, { error: toFaultSentence });
  if (!result.success) {
    throw new GatewayError('validation_failed', { errors: toFieldErrors(result.error.issues) });
  }
  return result.data;
}

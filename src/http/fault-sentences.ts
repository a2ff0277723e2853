import type { z } from 'zod';

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const unitNames: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

function toBound(least: 'at least' | 'at most', bound: number | bigint, origin: string): string {
  const unit = unitNames[origin];
  if (!unit) return `must be ${least} ${bound}`;
  return `must have ${least} ${bound} ${Number(bound) === 1 ? unit[0] : unit[1]}`;
}

/**
 * What is wrong with a value, in a short sentence of ours for every kind of fault: zod's own, which it would use where
 * a schema gives none, never reach an answer. Never repeats what was sent.
 */
export function toFaultSentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${typeNames[issue.expected] ?? 'of another type'}`;
    case 'too_small':
      return toBound('at least', issue.minimum, issue.origin);
    case 'too_big':
      return toBound('at most', issue.maximum, issue.origin);
    case 'invalid_format':
      return issue.format === 'regex' ? 'is not well formed' : `is not a well-formed ${issue.format}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return 'is not known here';
    case 'invalid_key':
      // A fault of a member's name, which was put into words before.
      return issue.issues[0]?.message ?? 'has a name that is not allowed';
    default:
      return 'is not valid';
  }
}

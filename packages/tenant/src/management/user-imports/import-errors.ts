import type { z } from 'zod';

/** An error of a user in an import, with Auth0's codes. */
export interface ImportError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

export const importError = (code: string, path: string, problem: string): ImportError =>
  path === ''
    ? { code, message: problem }
    : { code, message: `Error in ${path} property - ${problem}`, path };

/** The schema errors of a user. */
export const toImportErrors = ({ issues }: z.ZodError): ImportError[] =>
  issues.map((issue) => importError(codeOf(issue), issue.path.join('.'), issue.message));

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.path.length > 0
        ? 'OBJECT_MISSING_REQUIRED_PROPERTY'
        : 'INVALID_TYPE';
    case 'unrecognized_keys':
      return 'OBJECT_ADDITIONAL_PROPERTIES';
    case 'invalid_value':
      return 'ENUM_MISMATCH';
    case 'invalid_format':
      return 'PATTERN';
    case 'too_small':
      return SIZED[issue.origin]?.[0] ?? 'MINIMUM';
    case 'too_big':
      return SIZED[issue.origin]?.[1] ?? 'MAXIMUM';
    case 'custom':
      return typeof issue.params?.code === 'string' ? issue.params.code : 'NOT_PASSED';
    default:
      return 'NOT_PASSED';
  }
}

const SIZED: Readonly<Record<string, readonly [small: string, big: string]>> = {
  string: ['MIN_LENGTH', 'MAX_LENGTH'],
  array: ['ARRAY_LENGTH_SHORT', 'ARRAY_LENGTH_LONG'],
};

const MASK = '*****';

/** A user as in the file, without hashes, keys and secrets, for the error list. */
export const redact = (user: unknown): unknown =>
  // A JSON round trip copies it; the file was JSON.
  JSON.parse(
    JSON.stringify(user, (name: string, value: unknown) =>
      typeof value === 'string' && /^(password_hash|value|secret)$/.test(name) ? MASK : value,
    ),
  );

import type { z } from 'zod';
import type { Fault } from '../../config/faults.ts';
import { maskCredentials, toVisible } from '../../config/faults.ts';
import type { LineOf } from './read-yaml.ts';

const MAX_SEEN = 80;

type Path = readonly PropertyKey[];

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>((node, part) => (node as Record<PropertyKey, unknown> | undefined)?.[part], tree);

/** Undefined for a value that only a module can contain. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A value in a fault, on one line. */
function toSeen(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = toJson(value);
  if (json === undefined) return typeof value === 'function' ? 'a function' : 'a value that is no data';
  const text = toVisible(maskCredentials(json));
  return text.length > MAX_SEEN ? `${text.slice(0, MAX_SEEN)}…` : text;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

/** The expected value for each kind of fault; zod's own messages are never shown. */
export function toWanted(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? 'a value of another type';
    case 'invalid_value':
      return issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]+)$/, ' or $1');
    case 'too_small':
      return issue.origin === 'string' ? 'a text that is not empty' : `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return 'a value that is valid here';
  }
}

/** Creates the faults of one source: its name and path, the given value with its line, and the expected value. */
export function createToFaults(source: string, tree: unknown, lineOf?: LineOf) {
  const toName = (path: Path): string =>
    path.reduce<string>(
      (name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${toVisible(String(part))}`),
      source,
    );

  function toFault(path: Path, wanted: string, seen = toSeen(valueAt(tree, path))): Fault {
    return { name: toName(path), seen: lineOf ? `${seen} (line ${lineOf(path)})` : seen, wanted };
  }

  function toFaults(issues: readonly z.core.$ZodIssue[]): Fault[] {
    return issues.flatMap((issue): Fault[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => toFault([...issue.path, key], 'no such key'));
      // For a union, the last branch has the most useful error.
      const nested = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
      const value = valueAt(tree, issue.path);
      if (nested && typeof value === 'object' && value !== null && !Array.isArray(value))
        return toFaults(nested.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
      return [toFault(issue.path, issue.message)];
    });
  }

  return { toFault, toFaults };
}

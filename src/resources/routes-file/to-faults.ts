import type { z } from 'zod';
import type { Fault } from '../../config/read-variables.ts';

const MAX_SEEN = 80;

const toName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${String(part)}`),
    'ROUTES_FILE',
  );

function toSeen(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MAX_SEEN ? `${text.slice(0, MAX_SEEN)}…` : text;
}

const valueAt = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((node, part) => (node as Record<PropertyKey, unknown> | undefined)?.[part], tree);

/** The issues of a file as faults: where, what is there, what was wanted. */
export function toFaults(issues: readonly z.core.$ZodIssue[], tree: unknown): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return { name: toName(path), seen: toSeen(valueAt(tree, path)), wanted: 'no such key' };
      });
    }
    // Of a union only the branch that comes nearest can tell what is wrong.
    const nested = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
    if (nested && typeof valueAt(tree, issue.path) === 'object')
      return toFaults(
        nested.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
        tree,
      );
    const seen = toSeen(valueAt(tree, issue.path));
    return [{ name: toName(issue.path), seen, wanted: issue.message }];
  });
}

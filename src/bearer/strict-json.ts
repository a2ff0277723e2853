import { isUtf8 } from 'node:buffer';

const maxDepth = 32;
const stringLiteral = /"(?:[^"\\]+|\\.)*"/g;

/**
 * The JSON object in `bytes`, or undefined where it is none: invalid UTF-8, a byte order mark, another JSON
 * value, more than 32 levels, or a member named twice (RFC 7515 §4), which two parsers may read differently.
 */
export function toStrictObject(bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return countMembers(value, 1) === countColons(text) ? { ...value, __proto__: null } : undefined;
}

/** JSON.parse keeps the last of two members of one name, so the text then has more colons than the value has members. */
function countColons(text: string): number {
  return text.replace(stringLiteral, '').split(':').length - 1;
}

function countMembers(value: object, depth: number): number {
  if (depth > maxDepth) return Number.NaN;
  const children = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) {
    if (typeof child === 'object' && child !== null) count += countMembers(child, depth + 1);
  }
  return count;
}

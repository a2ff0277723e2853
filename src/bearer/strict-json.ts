import { isUtf8 } from 'node:buffer';

const maxDepth = 32;
const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];

/**
 * The JSON object in `bytes`, without a prototype; undefined where it is none: invalid UTF-8, a byte order mark,
 * another JSON value, more than 32 levels, or a member named twice (RFC 7515 §4), which two parsers may read
 * differently.
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

/**
 * The colons outside of strings. `JSON.parse` keeps the last of two members of one name, so a text that has such a
 * pair has more colons than its value has members.
 */
function countColons(json: string): number {
  let count = 0;
  let inString = false;
  for (let i = 0; i < json.length; i += 1) {
    const character = json.charCodeAt(i);
    if (character === quote) inString = !inString;
    else if (inString && character === backslash) i += 1;
    else if (!inString && character === colon) count += 1;
  }
  return count;
}

function countMembers(value: object, depth: number): number {
  if (depth > maxDepth) return Number.NaN;
  const children: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) {
    if (typeof child === 'object' && child !== null) count += countMembers(child, depth + 1);
  }
  return count;
}

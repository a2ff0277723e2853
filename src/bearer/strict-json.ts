import { isUtf8 } from 'node:buffer';
import { parseStrictJson } from '../lib/strict-json.ts';

const MAX_DEPTH = 32;

/**
 * Parses the JSON object in `bytes`, without a prototype; undefined for invalid UTF-8, a byte order mark, another JSON
 * value, more than 32 levels, or a member named twice (RFC 7515 §4).
 */
export function toStrictObject(bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const parsed = parseStrictJson(bytes, MAX_DEPTH);
  if (parsed.fault !== undefined) return undefined;
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return { ...value, __proto__: null };
}

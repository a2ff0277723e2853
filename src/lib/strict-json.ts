/** Why a text is refused as JSON. */
export type JsonFault = 'too_deep' | 'no_json' | 'repeated_member';

export type StrictJson =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly fault: JsonFault };

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The nesting depth of a JSON text, and the number of colons outside of its strings. */
function scan(text: Buffer): { readonly depth: number; readonly colons: number } {
  let level = 0;
  let depth = 0;
  let colons = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString) {
      if (byte === BACKSLASH) i++;
    } else if (byte === COLON) colons++;
    else if (byte === BRACE || byte === BRACKET) depth = Math.max(depth, ++level);
    else if (byte === BRACE_END || byte === BRACKET_END) level--;
  }
  return { depth, colons };
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) count += countMembers(child);
  return count;
}

/**
 * Parses JSON (UTF-8) and refuses repeated member names, which parsers read differently. `JSON.parse` keeps the last of two
 * members with one name, so a text that repeats a name has more colons than its value has members. The depth is checked first.
 */
export function parseStrictJson(text: Buffer, maxDepth: number): StrictJson {
  const { depth, colons } = scan(text);
  if (depth > maxDepth) return { fault: 'too_deep' };
  try {
    const value: unknown = JSON.parse(text.toString());
    return countMembers(value) === colons ? { value } : { fault: 'repeated_member' };
  } catch {
    return { fault: 'no_json' };
  }
}

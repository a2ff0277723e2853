const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep the brackets of a JSON text (UTF-8) nest, found before anything parses it. */
export function toJsonDepth(text: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

const toTextFault = (text: string): string | undefined =>
  text.isWellFormed() ? undefined : 'a lone surrogate is not text';

/**
 * What no schema should have to look for in a parsed value: half a character, which would be sent on as another one,
 * and an own `__proto__` member, which a later copy would turn into a prototype.
 */
export function toValueFault(value: unknown): string | undefined {
  if (typeof value === 'string') return toTextFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') return 'the name __proto__ is not allowed';
    const fault = toTextFault(name) ?? toValueFault(member);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

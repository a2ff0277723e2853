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

/** An argument of an Action's call, as the text that goes over the wire. */
export const toText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

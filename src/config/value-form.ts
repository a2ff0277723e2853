/** Marks that copying adds around a value; shells and dotenv take them away, Docker's `--env-file` does not. */
const quotePairs: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
];

/** Characters that nobody sees: byte order marks, no-break and other odd spaces, zero-width marks. */
const invisible = /[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Whether a text is wrapped in quotes. */
export const isQuoted = (text: string): boolean =>
  text.length > 1 && quotePairs.some(([open, close]) => text.startsWith(open) && text.endsWith(close));

const toCodePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * What is wanted of a value that carries more than its meaning: quotes, spaces or line breaks around it, characters
 * that nobody sees. Undefined where its form is in order. Says nothing of the value's content.
 */
export function toFormFault(value: string): string | undefined {
  const hidden = invisible.exec(value);
  if (hidden) {
    const [character] = hidden;
    return `the value without the invisible character ${toCodePoint(character)} (character ${hidden.index + 1} of it)`;
  }
  if (value.trim() !== value) return 'the value without spaces or line breaks around it';
  if (isQuoted(value)) return "the value without the quotes around it (Docker's --env-file keeps quotes)";
  return undefined;
}

/** Whether a secret is a short text over and over, such as `xxxxxxxx` or `changemechangeme`. */
export function isRepetition(secret: string): boolean {
  const longestPart = Math.min(16, secret.length / 2);
  for (let length = 1; length <= longestPart; length++)
    if (secret.startsWith(secret.slice(length))) return true;
  return false;
}

// Control characters, line separators and direction marks: JSON keeps them, terminals act on them.
const UNPRINTABLE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Untrusted text as a JSON string that cannot forge a log line. */
export const toLogString = (text: string): string =>
  JSON.stringify(text).replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The same for a field that the logger escapes: the characters that it keeps become `?`. */
export const toLogField = (text: string | undefined): string | undefined => text?.replace(UNPRINTABLE, '?');

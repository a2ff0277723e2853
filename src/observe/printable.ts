// Controls, line separators and marks that turn the direction of text: JSON lets them stand, terminals obey them.
const unprintable = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A text of strangers as a JSON string that cannot forge a line of the log, nor its look. */
export const toLogString = (text: string): string =>
  JSON.stringify(text).replace(
    unprintable,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The same for a field that the logger will escape: what it would let stand becomes `?`. */
export const toLogField = (text: string | undefined): string | undefined => text?.replace(unprintable, '?');

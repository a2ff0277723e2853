const maxLength = 100;

/** Shorter secrets are not looked for: they would turn every `a` of a message into stars. */
const minSecretLength = 6;

/** Text without any of the secrets. */
export const mask = (text: string, secrets: Iterable<string>): string =>
  Iterator.from(secrets)
    .filter((secret) => secret.length >= minSecretLength)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

/** Text without the credentials of URLs: all up to the last `@`, should a `/` in them not be encoded. */
export const maskCredentials = (text: string): string => text.replaceAll(/\/\/.*@/gs, '//***@');

/** A value as a fault shows it: without secrets and credentials of URLs, on one line, cut where it is long. */
export function quote(value: string, secrets: Iterable<string>): string {
  const shown = maskCredentials(mask(value, secrets)).replaceAll(/[^\s/,@]+@/g, '***@');
  return toVisible(JSON.stringify(shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown));
}

/** Text in which every character that a terminal would obey, or hide, is written out. */
export const toVisible = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

/** A secret as a fault shows it. */
export const quoteSecret = (value: string): string => `*** (${value.length} characters)`;

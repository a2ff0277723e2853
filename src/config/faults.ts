/** What is wrong with one variable. Safe to show. */
export interface Fault {
  readonly name: string;
  readonly seen: string;
  readonly wanted: string;
}

/** The faults as lines for people, one each. */
export function toFaultLines(faults: readonly Fault[]): string[] {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, seen, wanted }) => `${name.padEnd(width)}  seen: ${seen}; wanted: ${wanted}`);
}

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
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

/** A secret as a fault shows it. */
export const quoteSecret = (value: string): string => `*** (${value.length} characters)`;

/** Whether a text that should be a path may be a secret that was put there by mistake: people give files other names. */
export const mayBeSecret = (path: string): boolean =>
  (path.length >= 32 && !/[/\\.]/.test(path)) ||
  path
    .split(/[/\\]/)
    .some(
      (part) =>
        /[A-Za-z0-9+=]{24}/.test(part) ||
        (part.length >= 16 && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(part))),
    );

/** The path given for a variable as a fault shows it. */
export const quotePath = (path: string, isSecret: boolean, secrets: Iterable<string>): string =>
  isSecret && mayBeSecret(path) ? quoteSecret(path) : quote(path, secrets);

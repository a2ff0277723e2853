/** A fault of one variable. Contains no secret. */
export interface Fault {
  readonly name: string;
  readonly seen: string;
  readonly wanted: string;
}

/** The faults as text, one line each. */
export function toFaultLines(faults: readonly Fault[]): string[] {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, seen, wanted }) => `${name.padEnd(width)}  seen: ${seen}; wanted: ${wanted}`);
}

const MAX_LENGTH = 100;

/** Shorter secrets are not masked: masking a secret such as `a` would change every word. */
const MIN_SECRET_LENGTH = 6;

/** Text without any of the secrets. */
export const mask = (text: string, secrets: Iterable<string>): string =>
  Iterator.from(secrets)
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

/** Text without the credentials of URLs: everything up to the last `@` goes, because a `/` in a password may not be encoded. */
export const maskCredentials = (text: string): string => text.replaceAll(/\/\/.*@/gs, '//***@');

/** A value in a fault: without secrets and credentials of URLs, on one line, shortened. */
export function quote(value: string, secrets: Iterable<string>): string {
  const shown = maskCredentials(mask(value, secrets)).replaceAll(/[^\s/,@]+@/g, '***@');
  return toVisible(JSON.stringify(shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown));
}

/** Text with control characters and invisible characters as escapes. */
export const toVisible = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

/** A secret as a fault shows it. */
export const quoteSecret = (value: string): string => `*** (${value.length} characters)`;

/** Whether a text that should be a path looks like a secret, put there by mistake. */
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

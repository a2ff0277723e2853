const maxLength = 100;

/** Shorter secrets are not looked for: they would turn every `a` of a message into stars. */
const minSecretLength = 6;

/** Text without any of the secrets. */
export const mask = (text: string, secrets: Iterable<string>): string =>
  Iterator.from(secrets)
    .filter((secret) => secret.length >= minSecretLength)
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

/** A value as a fault shows it: without secrets and credentials of URLs, on one line, cut where it is long. */
export function quote(value: string, secrets: Iterable<string>): string {
  const shown = mask(value, secrets).replaceAll(/[^\s/,@]+@/g, '***@');
  return JSON.stringify(shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown);
}

/** A secret as a fault shows it. */
export const quoteSecret = (value: string): string => `*** (${value.length} characters)`;

import { createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import { isQuoted } from './value-form.ts';
import { listOf, valueOf } from './variable.ts';

/** At most `count` events in a window of `windowS` seconds. */
export interface Rate {
  readonly count: number;
  readonly windowS: number;
}

const isVisible = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

export const boolean = valueOf('true or false', (value) => ({ true: true, false: false })[value]);

export const oneOf = <const T extends string>(...words: readonly T[]) =>
  valueOf(`one of ${words.join(', ')}`, (value) => words.find((word) => word === value));

export const someOf = <const T extends string>(...words: readonly T[]) =>
  listOf(`a comma list of ${words.join(', ')}`, (item) => words.find((word) => word === item));

export const integer = (min: number, max: number) =>
  valueOf(`a whole number from ${min} to ${max}`, (value) => {
    const number = /^(0|[1-9]\d{0,9})$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  });

/** A part of a whole. */
export const share = valueOf('a number above 0 and at most 1 such as 0.25', (value) => {
  const number = /^(?:0\.\d{1,4}|1)$/.test(value) ? Number(value) : 0;
  return number > 0 ? number : undefined;
});

export const port = integer(0, 65_535);

const label = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;

/** Whether a host name consists of labels of letters, digits and inner hyphens (RFC 1123 §2.1), the last not a number. */
export const isHostName = (name: string): boolean =>
  name.length <= 253 && name.split('.').every((part) => label.test(part)) && !/(?:^|\.)\d+$/.test(name);

export const host = valueOf('an IP address or a host name, without scheme and port', (value) =>
  (isIP(value) !== 0 && !value.includes('%')) || isHostName(value) ? value : undefined,
);

export const path = valueOf('a path without control characters', (value) =>
  /\p{Cc}/u.test(value) ? undefined : value,
);

/** A word of printable ASCII without spaces: a client id, an audience, a connection's name. */
export const word = valueOf('printable characters without spaces', (value) =>
  isVisible(value) && value.length <= 600 ? value : undefined,
);

export const words = listOf('a comma list of printable words without spaces', (item) =>
  isVisible(item) && item.length <= 600 ? item : undefined,
);

export const tokenTypes = listOf('a comma list of token types such as JWT, at+jwt', (item) =>
  /^[\w.+/-]{1,100}$/.test(item) ? item : undefined,
);

/** RFC 6749 §3.3 */
export const scope = valueOf('scopes separated by single spaces', (value) =>
  /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value) ? value : undefined,
);

export const secret = valueOf('a secret without line breaks or other control characters', (value) =>
  /\p{Cc}/u.test(value) ? undefined : value,
);

export const sessionSecrets = listOf(
  'a comma list of secrets, each of at least 32 bytes and without quotes around it',
  (item) => (Buffer.byteLength(item) >= 32 && !/\p{Cc}/u.test(item) && !isQuoted(item) ? item : undefined),
);

/** A PEM private key; `\n` written out is taken as a line break, since many launchers cannot carry one. */
export const assertionKey = valueOf(
  'an unencrypted RSA private key in PEM, of 2048 bits or more',
  (value) => {
    const pem = value.replaceAll('\\n', '\n');
    try {
      const key = createPrivateKey(pem);
      return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
        ? pem
        : undefined;
    } catch {
      return undefined;
    }
  },
);

const unitS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export const rate = valueOf<Rate>(
  '<count>/<n><s|m|h> such as 10/15m, at most 1000000 in at most 168h',
  (value) => {
    const [, count, length, unit] = /^([1-9]\d{0,6})\/([1-9]\d{0,5})([smh])$/.exec(value) ?? [];
    const parsed = { count: Number(count), windowS: Number(length) * (unitS[unit ?? ''] ?? Number.NaN) };
    return parsed.count <= 1_000_000 && parsed.windowS <= 604_800 ? parsed : undefined;
  },
);

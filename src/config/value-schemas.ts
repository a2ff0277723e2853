import { createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';

/** Values as text, before parsing: what was given, else the defaults. */
export type RawValues = Readonly<Record<string, string | undefined>>;

/** One environment variable: a row of `variables`. */
export interface Variable {
  /** One sentence for `.env.example`. */
  readonly about: string;
  readonly value: z.ZodType<unknown, string>;
  /** Where `Config` holds the value, such as `port` or `session.idleS`. Absent: `toConfig` or a rule uses it. */
  readonly at?: string;
  /** A relative path starts from the working directory. */
  readonly isPath?: true;
  /** An absent value becomes an empty list in `Config`. */
  readonly isList?: true;
  /** Never shown in faults, warnings or `config print`. */
  readonly isSecret?: true;
  /** A text of several lines, such as PEM: line breaks around it are ignored. */
  readonly hasLines?: true;
  /** The default as text, or how it follows from other variables. Absent: none. */
  readonly default?: string | ((given: RawValues) => string | undefined);
  /** Describes a default that is not a literal value. */
  readonly defaultText?: string;
}

/**
 * A schema from a function that returns undefined for invalid values. The fault then says `wanted`, which may propose a
 * value.
 */
export function valueOf<T>(
  wanted: string | ((value: string) => string),
  parse: (value: string) => T | undefined,
): z.ZodType<T, string> {
  return z.string().transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: typeof wanted === 'string' ? wanted : wanted(value) });
    return z.NEVER;
  });
}

/** A comma list of at least one item. Spaces around items and duplicates are removed; one invalid item refuses the list. */
export const listOf = <T>(
  wanted: string,
  parse: (item: string) => T | undefined,
): z.ZodType<NonEmpty<T>, string> =>
  valueOf(wanted, (value) => {
    const items = value.split(',').map((item) => parse(item.trim()));
    // An empty text splits into one item too.
    return items.every((item) => item !== undefined) ? ([...new Set(items)] as [T, ...T[]]) : undefined;
  });

type NonEmpty<T> = readonly [T, ...T[]];

/** Quotes around a value: shells and dotenv remove them, Docker's `--env-file` keeps them. */
const QUOTE_PAIRS: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
];

/** Invisible characters: byte order marks, no-break and other spaces, zero-width characters. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Whether a text is wrapped in quotes. */
export const isQuoted = (text: string): boolean =>
  text.length > 1 && QUOTE_PAIRS.some(([open, close]) => text.startsWith(open) && text.endsWith(close));

const toCodePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * The fault of a value with quotes, spaces or line breaks around it, or with invisible characters. Undefined if there is
 * none. Does not quote the value.
 */
export function toFormFault(value: string): string | undefined {
  const hidden = INVISIBLE.exec(value);
  if (hidden) {
    const [character] = hidden;
    return `the value without the invisible character ${toCodePoint(character)} (character ${hidden.index + 1})`;
  }
  if (value.trim() !== value) return 'the value without spaces or line breaks around it';
  if (isQuoted(value)) return "the value without the quotes around it (Docker's --env-file keeps quotes)";
  return undefined;
}

/** Whether a secret is a short text repeated, such as `xxxxxxxx` or `changemechangeme`. */
export function isRepetition(secret: string): boolean {
  const longestPart = Math.min(16, secret.length / 2);
  for (let length = 1; length <= longestPart; length++)
    if (secret.startsWith(secret.slice(length))) return true;
  return false;
}

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

/** A fraction of a whole. */
export const share = valueOf('a number above 0 and at most 1 such as 0.25', (value) => {
  const number = /^(?:0\.\d{1,4}|1)$/.test(value) ? Number(value) : 0;
  return number > 0 ? number : undefined;
});

export const port = integer(0, 65_535);

const LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;

/** Whether a host name consists of labels of letters, digits and inner hyphens (RFC 1123 §2.1), the last not a number. */
export const isHostName = (name: string): boolean =>
  name.length <= 253 && name.split('.').every((part) => LABEL.test(part)) && !/(?:^|\.)\d+$/.test(name);

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

/** A PEM private key. The two characters `\n` count as a line break, for launchers that cannot pass one. */
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

const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export const rate = valueOf<Rate>(
  '<count>/<n><s|m|h> such as 10/15m, at most 1000000 in at most 168h',
  (value) => {
    const [, count, length, unit] = /^([1-9]\d{0,6})\/([1-9]\d{0,5})([smh])$/.exec(value) ?? [];
    const parsed = { count: Number(count), windowS: Number(length) * (UNIT_S[unit ?? ''] ?? Number.NaN) };
    return parsed.count <= 1_000_000 && parsed.windowS <= 604_800 ? parsed : undefined;
  },
);

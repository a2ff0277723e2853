/** A parsed password hash in PHC string format. */
export interface PhcString {
  /** `argon2id`, `pbkdf2-sha512` … */
  readonly id: string;
  readonly version: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const MAX_LENGTH = 1024;
const parameters = /[a-z0-9-]+=[\w.+/-]+(?:,[a-z0-9-]+=[\w.+/-]+)*/.source;
const PATTERN = new RegExp(
  `^\\$([A-Za-z0-9-]{1,40})(?:\\$v=(\\d{1,9}))?(?:\\$(${parameters}))?\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)$`,
);

/** Parses a PHC string; undefined without salt and hash. */
export function parsePhc(text: string): PhcString | undefined {
  const [, id, version, given = '', salt = '', tag = ''] =
    (text.length > MAX_LENGTH ? undefined : PATTERN.exec(text)) ?? [];
  if (id === undefined) return undefined;
  const pairs = given === '' ? [] : given.split(',').map((pair) => pair.split('=', 2));
  return {
    id,
    version: version === undefined ? undefined : Number(version),
    parameters: Object.fromEntries(pairs),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Formats a PHC string. `head` is everything before the salt, without the surrounding `$`. */
export const toPhc = (head: string, salt: Uint8Array, tag: Uint8Array): string =>
  `$${head}$${base64(salt)}$${base64(tag)}`;

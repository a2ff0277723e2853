import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto';

/** `bytes` of randomness as base64url; 32 make the 43 characters of a token nobody can guess. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** As `randomToken`, in hexadecimal digits: two for each byte. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** 20 hexadecimal digits that nothing else has, for what is no secret: cheaper than `randomHex`. */
export const requestId = (): string => randomUUID().replaceAll('-', '').slice(0, 20);

/** An id in the style of Auth0's: `con_`, `cgr_`, `rol_` and 16 characters. */
export const prefixedId = (prefix: string): string => `${prefix}_${randomHex(8)}`;

/** Under which a secret is kept, so that a copy of the store holds none. */
export const digest = (secret: string): string => hash('sha256', secret, 'base64url');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** That many random letters and digits, as ids of clients have. */
export const randomAlphanumeric = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto';

/** `bytes` random bytes as base64url; 32 give a token of 43 characters. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Like `randomToken`, in hexadecimal: two digits per byte. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** 20 unique hexadecimal digits that are not secret: faster than `randomHex`. */
export const requestId = (): string => randomUUID().replaceAll('-', '').slice(0, 20);

/** An id in Auth0's style: `con_`, `cgr_`, `rol_` and 16 characters. */
export const prefixedId = (prefix: string): string => `${prefix}_${randomHex(8)}`;

/** The hash under which a secret is stored, so that a copy of the store contains no secrets. */
export const digest = (secret: string): string => hash('sha256', secret, 'base64url');

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random characters of an alphabet. */
export const randomFrom = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** Random letters and digits, as in client ids. */
export const randomAlphanumeric = (length: number): string => randomFrom(ALPHABET, length);

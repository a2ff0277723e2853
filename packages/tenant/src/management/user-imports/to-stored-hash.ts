import { parseHash } from '../../passwords/foreign-hashes.ts';
import { toPhc } from '../../passwords/phc.ts';
import type { CustomPasswordHash, ImportedUser } from './imported-user.ts';

/** The hash to store, undefined for a user without one, or the reason why it is not supported. */
export type StoredHash = { readonly hash: string | undefined } | { readonly problem: string };

/** The hash of an imported user, in the format that is stored until their first sign-in. */
export function toStoredHash({ password_hash, custom_password_hash }: ImportedUser): StoredHash {
  if (password_hash !== undefined) {
    if (!/^\$2[ab]\$/.test(password_hash)) return { problem: 'not a bcrypt hash of the kind $2a$ or $2b$' };
    return checkHash(password_hash);
  }
  return custom_password_hash === undefined ? { hash: undefined } : fromCustom(custom_password_hash);
}

function fromCustom(given: CustomPasswordHash): StoredHash {
  const { algorithm, hash, salt, password } = given;
  if (!/^(argon2|bcrypt|pbkdf2|scrypt)$/.test(algorithm))
    return { problem: `this tenant does not support passwords hashed by ${algorithm}` };
  if (password?.encoding !== undefined && password.encoding !== 'utf8')
    return { problem: `this tenant does not support the password encoding ${password.encoding}` };
  if (algorithm === 'scrypt') return fromScrypt(given);
  if (hash.encoding !== undefined && hash.encoding !== 'utf8')
    return { problem: `hash.encoding of ${algorithm} must be utf8` };
  if (salt) return { problem: `this tenant does not support a separate salt for ${algorithm}` };
  const kind = algorithm === 'bcrypt' ? '$2' : `$${algorithm}`;
  return hash.value.startsWith(kind) ? checkHash(hash.value) : { problem: `not a hash of ${algorithm}` };
}

function fromScrypt({
  hash,
  salt,
  keylen,
  cost = 16_384,
  blockSize = 8,
  parallelization = 1,
}: CustomPasswordHash): StoredHash {
  const ln = Math.log2(cost);
  if (keylen === undefined) return { problem: 'scrypt needs keylen' };
  if (!Number.isInteger(ln)) return { problem: 'the cost of scrypt must be a power of two' };
  if (hash.encoding !== 'hex' && hash.encoding !== 'base64')
    return { problem: 'hash.encoding of scrypt must be hex or base64' };
  if (!salt || salt.value === '') return { problem: 'scrypt needs a salt' };
  const tag = Buffer.from(hash.value, hash.encoding);
  if (tag.length !== keylen) return { problem: `the hash has ${tag.length} bytes, not keylen ${keylen}` };
  const nonce = Buffer.from(salt.value, salt.encoding ?? 'utf8');
  return checkHash(toPhc(`scrypt$ln=${ln},r=${blockSize},p=${parallelization}`, nonce, tag));
}

/** Checked now, so that an unsupported hash fails at the import and not at sign-in. */
function checkHash(hash: string): StoredHash {
  const read = parseHash(hash);
  return 'problem' in read ? read : { hash };
}
